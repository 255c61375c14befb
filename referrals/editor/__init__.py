"""The editor of the mapping form: a draft of the next version, changed part by part until it holds."""
