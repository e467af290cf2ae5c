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
from sendpulse_client.services.account import AccountInfo
from sendpulse_client.services.email.addresses import AddressOrigin, AddressStatistics, ListedAddress
from sendpulse_client.services.email.balance import Balance, BalanceDetail
from sendpulse_client.services.email.campaigns import Campaign, NewCampaign, Recipient, Referral
from sendpulse_client.services.email.mailing_lists import Contact, Cost, ListCampaign, MailingList, Variable
from sendpulse_client.services.email.senders import Sender
from sendpulse_client.services.email.tags import Tag
from sendpulse_client.services.email.templates import Template
from sendpulse_client.services.email.webhooks import Webhook
from sendpulse_client.services.smtp.bounces import Bounce
from sendpulse_client.services.smtp.emails import SentEmail
from sendpulse_client.services.smtp.sender_domains import SenderDomain
from sendpulse_client.services.smtp.unsubscribed import Suppressed

__all__ = [
    "AccountInfo",
    "AddressOrigin",
    "AddressStatistics",
    "ApiError",
    "AuthenticationError",
    "BadRequest",
    "Balance",
    "BalanceDetail",
    "Bounce",
    "Campaign",
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
    "NewCampaign",
    "NotFound",
    "PermissionDenied",
    "PlanRequired",
    "QuotaExceeded",
    "RateLimited",
    "Recipient",
    "Referral",
    "Request",
    "Response",
    "SendPulseError",
    "Sender",
    "SenderDomain",
    "SentEmail",
    "ServerError",
    "SocketTransport",
    "Suppressed",
    "Tag",
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
    "Webhook",
]
