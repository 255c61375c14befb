"""The way in for other systems: the same actions as the pages, said in JSON. See docs/api.md."""
