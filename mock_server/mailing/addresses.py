"""Addresses of mail, as they are kept."""

from __future__ import annotations


def plain(address: str) -> str:
    """An address as it is kept: lower-cased, without white space around it."""
    return address.strip().lower()


def domain_of(address: str) -> str:
    """The domain of an address, as domains are kept."""
    return plain(address).rpartition("@")[2]
