"""What is served only while something is measured: pages to compare with."""
