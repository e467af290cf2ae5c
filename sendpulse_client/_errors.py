"""What can go wrong, by situation.

SendPulseError
├── NetworkError              no answer came: the certificate, the proxy, a broken protocol
│   ├── ConnectionFailed      no connection: surely nothing was sent
│   ├── ConnectionLost        it broke: the server may have acted
│   └── Timeout               nothing came in time: the server may have acted
└── ApiError                  an answer came, and it says no
    ├── BadRequest            400
    ├── AuthenticationError   401
    │   ├── InvalidCredentials    client id and secret are refused a token
    │   └── Unauthorized          the key, or a fresh token, is refused
    ├── PermissionDenied      403
    │   └── PlanRequired          the plan does not include the feature
    ├── NotFound              404
    ├── ValidationFailed      422: a bad value, or a state of things that forbids it
    ├── TooManyRequests       429
    │   ├── RateLimited           too many in a second
    │   └── QuotaExceeded         too many in a minute or a day
    ├── ServerError           500 and above
    └── UnexpectedAnswer      no refusal, but not what the API promises: no JSON, a redirect, a missing field

Codes and statuses are those of the vendor's table of errors and of answers people published.
Unverified: 429 for the limit of a second. The vendor names only its code, so the code decides.
"""

# a situation needs no suffix to be one

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sendpulse_client._transport import Request, Response


class SendPulseError(Exception):
    """The root of all that this client raises about a request, which is in `request`."""

    request: Request


class NetworkError(SendPulseError):
    """No answer came; `reason` says why."""

    def __init__(self, request: Request, reason: str) -> None:
        super().__init__(request, reason)
        self.request = request
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.request}: {self.reason}"


class ConnectionFailed(NetworkError):
    """No connection could be made, so nothing was sent. Is the base URL right, is the server up?"""


class ConnectionLost(NetworkError):
    """The connection broke before the whole answer came. The server may have acted."""


class Timeout(NetworkError):
    """The answer did not come within the client's `timeout`. The server may have acted."""


class ApiError(SendPulseError):
    """The server said no.

    `status` is HTTP's, `code` the vendor's `error_code` (None where it sent none), `message` its wording. `request` and
    `response` are there for a closer look: unlike any text of this error, their headers and bodies may hold secrets.
    """

    def __init__(self, request: Request, response: Response, message: str | None = None) -> None:
        super().__init__(request, response, message)
        body = _object_in(response)
        code = body.get("error_code")
        self.request = request
        self.response = response
        self.status = response.status
        self.code: int | None = code if isinstance(code, int) else None
        self.message: str = message or str(body.get("message") or body.get("description") or _description_of(response))

    @property
    def retry_after(self) -> float | None:
        """The seconds of a Retry-After header. The vendor is not known to send one; what stands before it may."""
        seconds = self.response.headers.get("retry-after", "")
        return float(seconds) if seconds.isdecimal() else None

    def __str__(self) -> str:
        code = "" if self.code is None else f", error_code {self.code}"
        return f"{self.request}: {self.message} (HTTP {self.status}{code})"


class BadRequest(ApiError):
    """400: mostly an SMTP look-up by an unknown id."""


class AuthenticationError(ApiError):
    """401: who you are was not accepted."""


class InvalidCredentials(AuthenticationError):
    """The client id or its secret is wrong."""


class Unauthorized(AuthenticationError):
    """The API key, or a token that had just been issued, was refused."""


class PermissionDenied(ApiError):
    """403: known, but not allowed to do this."""


class PlanRequired(PermissionDenied):
    """The account's plan does not include the feature (3030303030)."""


class NotFound(ApiError):
    """404: what the path names does not exist."""


class ValidationFailed(ApiError):
    """422: a value is missing, malformed or refers to nothing, or the state of things forbids it. See `code`."""


class TooManyRequests(ApiError):
    """One request too many; it was not acted upon."""


class RateLimited(TooManyRequests):
    """More requests in a second than the account may send (2020202020), again and again."""


class QuotaExceeded(TooManyRequests):
    """The plan's requests of this minute, or of this day, are used up: how long to wait is the caller's choice."""


class ServerError(ApiError):
    """500 and above, often with a page of HTML."""


class UnexpectedAnswer(ApiError):
    """The answer is not the API's. Does the base URL point at it?"""


_BY_CODE: dict[Any, type[ApiError]] = {2020202020: RateLimited, 3030303030: PlanRequired}
_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: PermissionDenied,
    404: NotFound,
    422: ValidationFailed,
    429: QuotaExceeded,
}


def answer_in(request: Request, response: Response) -> Any:
    """The decoded JSON of a success (None for an empty 204), or the error that the answer stands for, raised."""
    if response.status >= 400:
        raise _situation(response)(request, response)
    if response.status == 204:
        return None
    if response.status >= 300:
        raise UnexpectedAnswer(request, response, f"redirects to {response.headers.get('location')!r}: not followed")
    try:
        answer = response.json()
    except ValueError as error:
        raise UnexpectedAnswer(request, response) from error
    if _refuses(request, answer):
        raise ApiError(request, response)
    return answer


def _situation(response: Response) -> type[ApiError]:
    body = _object_in(response)
    if body.get("error") == "invalid_client":
        return InvalidCredentials
    by_status = ServerError if response.status >= 500 else _BY_STATUS.get(response.status, ApiError)
    return _BY_CODE.get(body.get("error_code"), by_status)


def _refuses(request: Request, answer: Any) -> bool:
    """Whether a 200 says no all the same. For a GET, `result: false` may be a plain fact: the funds do not suffice."""
    if not isinstance(answer, dict):
        return False
    return answer.get("success") is False or (answer.get("result") is False and request.method != "GET")


def _object_in(response: Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    if not isinstance(body, dict):
        return {}
    inner = body.get("data")  # where the service of webhooks may tell what is wrong: Unverified
    return body | inner if body.get("success") is False and isinstance(inner, dict) else body


def _description_of(response: Response) -> str:
    """For an answer without a message. Not its text: what should have been a token may be in it."""
    return f"answered {len(response.body)} bytes of {response.headers.get('content-type', 'an unknown type')}"
