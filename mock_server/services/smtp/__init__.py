"""SMTP, the service of transactional mail."""
