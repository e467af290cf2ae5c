"""Our own API below ``/_mock``: what a dashboard, the passing of time and a look behind the scenes are to a script.

It is declared with the same `Operation` values as the vendor's API, and takes no part in limits or in any journal.
"""
