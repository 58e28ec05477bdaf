"""Floor 3: certificates and reports from the records."""
