"""The behaviours, mirroring contracts.services module for module."""
