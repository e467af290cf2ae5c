"""The declarations, one module per resource. No conditionals, no I/O: a test walks the syntax trees."""
