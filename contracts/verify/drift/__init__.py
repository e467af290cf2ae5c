"""Drift: where the vendor's published OpenAPI documents say something else than our contracts. No account is needed."""
