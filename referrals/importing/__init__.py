"""Cases and interventions brought in from files, all or nothing. The files' form: docs/import.md."""
