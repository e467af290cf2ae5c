"""A minimal, typed client of the SendPulse API."""

from sendpulse_client._client import Client
from sendpulse_client._errors import (
    ApiError,
    AuthenticationError,
    BadRequest,
    ConnectionFailed,
    ConnectionLost,
    InvalidCredentials,
    NetworkError,
    NotFound,
    PermissionDenied,
    PlanRequired,
    QuotaExceeded,
    RateLimited,
    SendPulseError,
    ServerError,
    Timeout,
    TooManyRequests,
    Unauthorized,
    UnexpectedAnswer,
    ValidationFailed,
)
from sendpulse_client._timing import Timing
from sendpulse_client._transport import Request, Response, SocketTransport, Transport, WSGITransport
from sendpulse_client.services.email.addresses import AddressOrigin, AddressStatistics, ListedAddress
from sendpulse_client.services.email.mailing_lists import Contact, Cost, ListCampaign, MailingList, Variable
from sendpulse_client.services.email.senders import Sender
from sendpulse_client.services.email.templates import Template

__all__ = [
    "AddressOrigin",
    "AddressStatistics",
    "ApiError",
    "AuthenticationError",
    "BadRequest",
    "Client",
    "ConnectionFailed",
    "ConnectionLost",
    "Contact",
    "Cost",
    "InvalidCredentials",
    "ListCampaign",
    "ListedAddress",
    "MailingList",
    "NetworkError",
    "NotFound",
    "PermissionDenied",
    "PlanRequired",
    "QuotaExceeded",
    "RateLimited",
    "Request",
    "Response",
    "SendPulseError",
    "Sender",
    "ServerError",
    "SocketTransport",
    "Template",
    "Timeout",
    "Timing",
    "TooManyRequests",
    "Transport",
    "Unauthorized",
    "UnexpectedAnswer",
    "ValidationFailed",
    "Variable",
    "WSGITransport",
]
