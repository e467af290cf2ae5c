"""Automation 360."""
