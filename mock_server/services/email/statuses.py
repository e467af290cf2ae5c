"""The numbers that stand for what became of addresses, campaigns and mails, with the wire's wording.

The numbers and what they mean are documented. Few wordings were seen: New, Active, In queue, Sent, Delivered, Opened,
Link redirected and Disable by administrator. The others are Unverified.
"""

from __future__ import annotations

from typing import Final

NEW: Final = 0
ACTIVE: Final = 1
CONFIRMATION_REQUESTED: Final = 2
UNSUBSCRIBED: Final = 4
UNSUBSCRIBED_FROM_ALL: Final = 6
SENDING_ERRORS: Final = 9
TEMPORARILY_UNAVAILABLE: Final = 14

EXPLAINED: Final = {
    NEW: "New",
    ACTIVE: "Active",
    CONFIRMATION_REQUESTED: "Confirmation requested",
    3: "Activation requested",
    UNSUBSCRIBED: "Unsubscribed",
    5: "Rejected by administrator",
    UNSUBSCRIBED_FROM_ALL: "Unsubscribed from all",
    7: "Activation mail sent",
    8: "Blocked by the user",
    SENDING_ERRORS: "Sending errors",
    10: "Blocked by host",
    11: "Blocked by sender name",
    12: "Blocked by address",
    13: "Deleted by the user",
    TEMPORARILY_UNAVAILABLE: "Temporarily unavailable",
}
"""What an address in a list is to the service."""

SENDABLE: Final = (NEW, ACTIVE, TEMPORARILY_UNAVAILABLE)
"""What mail goes to and can be unsubscribed. Unverified: that new and temporarily unavailable addresses count."""


class CampaignStatus:
    """What a campaign is at."""

    NEW: Final = 0
    IN_MODERATION: Final = 1
    SENDING: Final = 2
    SENT: Final = 3
    TEST: Final = 4
    BLOCKED: Final = 5
    MARKED_FOR_DELETION: Final = 6
    UPDATING: Final = 7
    TEST_SENT: Final = 8
    DELIVERING: Final = 9
    PREPARING: Final = 10
    ASKED_BY_MODERATOR: Final = 11
    NO_ACTIVE_ADDRESSES: Final = 12
    CREATING: Final = 13
    CREATED: Final = 14
    CANCELLED: Final = 16
    SENDING_PARTIALLY: Final = 22
    SENT_PARTIALLY: Final = 23
    PARTLY_SENT_THEN_BLOCKED: Final = 25
    DRAFT: Final = 26
    NEEDS_EDITING: Final = 27


class DeliveryStatus:
    """What became of one mail."""

    IN_QUEUE: Final = 0
    SENT: Final = 1
    DELIVERED: Final = 2
    OPENED: Final = 3
    CLICKED: Final = 4
    UNSUBSCRIBED: Final = 5
    NO_SUCH_ADDRESS: Final = 6
    TEMPORARILY_UNAVAILABLE: Final = 7
    UNAVAILABLE: Final = 8
    REFUSED_AS_SPAM: Final = 9
    MAILBOX_FULL: Final = 10
    MARKED_AS_SPAM: Final = 11
    FAILED: Final = 12
    INVALID_ADDRESS: Final = 16
    TEMPORARILY_BLOCKED: Final = 17
    DISABLED: Final = 18
    ALREADY_UNSUBSCRIBED: Final = 20


DELIVERY_EXPLAINED: Final = {
    DeliveryStatus.IN_QUEUE: "In queue",
    DeliveryStatus.SENT: "Sent",
    DeliveryStatus.DELIVERED: "Delivered",
    DeliveryStatus.OPENED: "Opened",
    DeliveryStatus.CLICKED: "Link redirected",
    DeliveryStatus.UNSUBSCRIBED: "User unsubscribed",
    DeliveryStatus.NO_SUCH_ADDRESS: "No such address",
    DeliveryStatus.TEMPORARILY_UNAVAILABLE: "Temporarily unavailable",
    DeliveryStatus.UNAVAILABLE: "Unavailable",
    DeliveryStatus.REFUSED_AS_SPAM: "Refused as spam by the server",
    DeliveryStatus.MAILBOX_FULL: "Mailbox full",
    DeliveryStatus.MARKED_AS_SPAM: "Marked as spam by the user",
    DeliveryStatus.FAILED: "Delivery failure",
    DeliveryStatus.INVALID_ADDRESS: "Invalid address",
    DeliveryStatus.TEMPORARILY_BLOCKED: "Temporarily blocked",
    DeliveryStatus.DISABLED: "Disable by administrator",
    DeliveryStatus.ALREADY_UNSUBSCRIBED: "Already unsubscribed",
}
