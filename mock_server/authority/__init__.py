"""A certificate authority of the user's own, and what makes programs trust it. Importing it imports cryptography."""

from mock_server.authority.authorities import Authority, AuthorityUnusable
from mock_server.authority.certificates import Identity
from mock_server.authority.trust import trust_variables

__all__ = ["Authority", "AuthorityUnusable", "Identity", "trust_variables"]
