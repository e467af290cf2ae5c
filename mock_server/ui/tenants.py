"""All accounts of the server: to choose one, make one, or delete the one that is looked at."""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, render_template, request, url_for

from mock_server.control import new_account
from mock_server.core.plans import CATEGORIES
from mock_server.ui.accounts import account_pages, current, world
from mock_server.ui.actions import done, wrong
from mock_server.ui.tables import PAGE, first_asked
from mock_server.worldfiles import world_names

pages: Final = account_pages("tenants")

_OPTIONS: Final = ("client_id", "plan", "world")


@pages.get("/accounts")
def show() -> str:
    return _page({})


def _page(given: dict[str, str]) -> str:
    first = first_asked()
    found = world().client_ids(PAGE + 1, first, newest_first=True)
    return render_template(
        "tenants.html",
        known=found[:PAGE],
        back=max(0, first - PAGE) if first else None,
        on=first + PAGE if len(found) > PAGE else None,
        given=given,
        categories=CATEGORIES,
        worlds=world_names(),
    )


@pages.post("/accounts")
def make() -> Any:
    """Make an account; where something does not fit, show the form again as it was filled in."""
    options: Any = {name: text for name in _OPTIONS if (text := request.form.get(name, "").strip())}
    try:
        account = new_account(world(), **options)
    except ValueError as error:
        wrong(error)
        return _page(options), 400
    done("The account is made. Its secret is below.")
    return redirect(url_for("overviews.show", account=account.client_id), 303)


@pages.post("/accounts/delete")
def delete() -> Any:
    gone = current().account
    world().remove_account(gone)
    done(f"The account {gone.client_id} is deleted, with its data, keys and tokens.")
    return redirect(url_for("sessions.home"), 303)
