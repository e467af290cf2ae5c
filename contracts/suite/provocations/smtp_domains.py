"""What the SMTP service refuses about where mail comes from."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.smtp import USER_NEEDED, domains, ips, sender_domains, senders
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import DOMAIN, POSTMASTER


@provokes(USER_NEEDED, ips.list, senders.list, sender_domains.list, domains.list)
def _look_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.ask(operation)


@provokes(USER_NEEDED, sender_domains.create)
def _add_a_domain_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.ask(operation, "example.org")


@provokes(USER_NEEDED, domains.create)
def _add_a_postmaster_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.ask(operation, email="postmaster@example.org")


@provokes(USER_NEEDED, domains.request_confirmation)
def _ask_again_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.ask(operation, POSTMASTER)


@provokes(sender_domains.DOMAIN_INVALID, sender_domains.create)
def _add_what_is_no_domain(account: Account, operation: Operation) -> Answer:
    """What the path names is no domain."""
    return account.ask(operation, "no domain")


@provokes(sender_domains.DOMAIN_TAKEN, sender_domains.create)
def _add_a_domain_twice(account: Account, operation: Operation) -> Answer:
    """The domain is among the account's already, active or not."""
    return account.ask(operation, DOMAIN)


@provokes(domains.TAKEN, domains.create)
def _add_an_address_of_a_domain_that_is_there(account: Account, operation: Operation) -> Answer:
    """The domain of the address is among the account's already, active or not."""
    return account.ask(operation, email=f"office@{DOMAIN}")


@provokes(domains.FREE_MAIL, domains.create)
def _add_a_free_mailbox(account: Account, operation: Operation) -> Answer:
    """The address is at a free mailbox provider."""
    return account.ask(operation, email="ada@gmail.com")


@provokes(domains.NOT_AWAITED, domains.request_confirmation)
def _ask_again_whom_nobody_asked(account: Account, operation: Operation) -> Answer:
    """The address was not asked to confirm a domain, or has done so."""
    return account.ask(operation, f"office@{DOMAIN}")
