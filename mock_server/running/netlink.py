"""A network namespace's own network, by messages to the kernel: everything leads home, and TCP to one port.

`ip` and `nft` would say in three lines what is said here, but a machine need have neither.
"""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import count
from struct import pack, unpack_from
from typing import Final, NamedTuple

from mock_server.running.vendor import ADDRESS, TLS_PORT

DNS_PORT: Final = 53


def lead_everything_home() -> bool:
    """Make every address in the world one of this namespace's own. False: IPv6 is missing, and has no addresses."""
    bring_loopback_up()
    with _opened(_ROUTES) as kernel:
        _tell(kernel, _route(socket.AF_INET))
        try:
            _tell(kernel, _route(socket.AF_INET6))
        except OSError as error:
            if error.errno not in _NO_IPV6:
                raise
            return False
    return True


def bring_loopback_up() -> None:
    """Let this namespace have loopback addresses, and nothing else yet."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = unpack_from("=H", fcntl.ioctl(any_socket, _GET_FLAGS, pack("16sH14x", b"lo", 0)), 16)[0]
        fcntl.ioctl(any_socket, _SET_FLAGS, pack("16sH14x", b"lo", flags | _UP))


class Ports(NamedTuple):
    """Where what would leave arrives instead, at the loopback addresses `ADDRESS` and ``::1``."""

    vendor: int
    """TLS for the vendor."""
    strangers: int
    """TCP for everybody else, and for other ports of the vendor's."""
    questions: int
    """For names, by UDP and by TCP, to whomever they go."""


def redirect(ports: Ports, *, has_ipv6: bool) -> None:
    """Lead what would leave to `ports`; TCP between loopback addresses stays as it is."""
    is_vendors = _is_within(IPv4Network(ADDRESS))
    rules = [
        *_redirected(ADDRESS, IPv4Network("127.0.0.0/8"), ports),
        [*is_vendors, *_is_for_port(socket.IPPROTO_TCP, TLS_PORT), *_led_to(ADDRESS, ports.vendor)],
        [*is_vendors, *_is_tcp(), *_led_to(ADDRESS, ports.strangers)],
    ]
    if has_ipv6:
        rules += _redirected("::1", IPv6Network("::1"), ports)
    with _opened(_NETFILTER) as kernel:
        _tell(kernel, _begin(), _table(), _chain(), *map(_rule, rules), _end())


def _redirected(address: str, stays: IPv4Network | IPv6Network, ports: Ports) -> list[list[bytes]]:
    """The rules of one family of addresses."""
    is_ours = _is_family(stays)
    return [
        [*is_ours, *_is_for_port(socket.IPPROTO_UDP, DNS_PORT), *_led_to(address, ports.questions)],
        [*is_ours, *_is_for_port(socket.IPPROTO_TCP, DNS_PORT), *_led_to(address, ports.questions)],
        [*_is_within(stays, inverted=True), *_is_tcp(), *_led_to(address, ports.strangers)],
    ]


# Messages and attributes, as in linux/netlink.h

_ROUTES, _NETFILTER = 0, 12
_REQUEST, _ACKNOWLEDGE, _CREATE, _APPEND = 0x1, 0x4, 0x400, 0x800
_ERROR: Final = 2
_NESTED: Final = 0x8000
_PATIENCE: Final = 5.0
_NO_IPV6: Final = {errno.EAFNOSUPPORT, errno.EOPNOTSUPP, errno.ENODEV, errno.EACCES, errno.EINVAL, errno.EADDRNOTAVAIL}

_numbers: Final = count(1)


def _opened(protocol: int) -> socket.socket:
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
    kernel.settimeout(_PATIENCE)
    kernel.bind((0, 0))
    return kernel


def _tell(kernel: socket.socket, *messages: bytes) -> None:
    """Send messages as one. Raises `OSError` with the first that the kernel refuses."""
    kernel.send(b"".join(messages))
    waiting = sum(1 for message in messages if unpack_from("=H", message, 6)[0] & _ACKNOWLEDGE)
    while waiting:
        answers = kernel.recv(65_536)
        while answers:
            length, kind = unpack_from("=IH", answers)
            if kind == _ERROR:
                refused = -unpack_from("=i", answers, 16)[0]
                if refused:
                    raise OSError(refused, os.strerror(refused))
                waiting -= 1
            answers = answers[_aligned(length) :]


def _message(kind: int, flags: int, content: bytes) -> bytes:
    return pack("=IHHII", 16 + len(content), kind, _REQUEST | flags, next(_numbers), 0) + content


def _attribute(kind: int, value: bytes) -> bytes:
    return pack("=HH", 4 + len(value), kind) + value.ljust(_aligned(len(value)), b"\0")


def _nested(kind: int, *attributes: bytes) -> bytes:
    return _attribute(kind | _NESTED, b"".join(attributes))


def _number(kind: int, value: int) -> bytes:
    return _attribute(kind, pack(">I", value))  # netfilter's are big-endian


def _text(kind: int, value: str) -> bytes:
    return _attribute(kind, value.encode() + b"\0")


def _aligned(length: int) -> int:
    return (length + 3) & ~3


# The interface and routes, as in linux/rtnetlink.h

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_NEW_ROUTE: Final = 24
_LOCAL_TABLE, _LOCAL_SCOPE, _LOCAL_KIND, _BOOT = 255, 254, 2, 3
_OUT_INTERFACE: Final = 4


def _route(family: int) -> bytes:
    """What `ip route add local default dev lo table local` says."""
    route = pack("=BBBBBBBBI", family, 0, 0, 0, _LOCAL_TABLE, _BOOT, _LOCAL_SCOPE, _LOCAL_KIND, 0)
    loopback = _attribute(_OUT_INTERFACE, pack("=I", socket.if_nametoindex("lo")))
    return _message(_NEW_ROUTE, _CREATE | _ACKNOWLEDGE, route + loopback)


# Tables, chains and rules, as in linux/netfilter/nf_tables.h

_TABLES: Final = 10
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE = 0, 3, 6
_INET, _OUTPUT, _DESTINATION_NAT = 1, 3, -100
_REGISTER, _OTHER_REGISTER = 1, 2
_EQUAL, _UNEQUAL = 0, 1
_NETWORK_HEADER, _TRANSPORT_HEADER = 1, 2
_FAMILY, _PROTOCOL = 15, 16
"""Keys of what is known of a packet."""
_NAME: Final = "sendpulse-mock"


def _begin() -> bytes:
    return _message(_BATCH_BEGIN, 0, pack(">BBH", 0, 0, _TABLES))


def _end() -> bytes:
    return _message(_BATCH_END, 0, pack(">BBH", 0, 0, _TABLES))


def _new(kind: int, *attributes: bytes) -> bytes:
    content = pack(">BBH", _INET, 0, 0) + b"".join(attributes)
    return _message(_TABLES << 8 | kind, _CREATE | _APPEND | _ACKNOWLEDGE, content)


def _table() -> bytes:
    return _new(_NEW_TABLE, _text(1, _NAME))


def _chain() -> bytes:
    hook = _nested(4, _number(1, _OUTPUT), _number(2, _DESTINATION_NAT & 0xFFFFFFFF))
    return _new(_NEW_CHAIN, _text(1, _NAME), _text(3, "out"), hook, _text(7, "nat"))


def _rule(expressions: list[bytes]) -> bytes:
    return _new(_NEW_RULE, _text(1, _NAME), _text(2, "out"), _nested(4, *expressions))


def _expression(name: str, *attributes: bytes) -> bytes:
    return _nested(1, _text(1, name), _nested(2, *attributes))


def _known(key: int) -> bytes:
    return _expression("meta", _number(1, _REGISTER), _number(2, key))


def _read(header: int, offset: int, length: int) -> bytes:
    return _expression("payload", _number(1, _REGISTER), _number(2, header), _number(3, offset), _number(4, length))


def _masked(mask: bytes) -> bytes:
    registers = (_number(1, _REGISTER), _number(2, _REGISTER), _number(3, len(mask)))
    return _expression("bitwise", *registers, _value(4, mask), _value(5, bytes(len(mask))))


def _compared(how: int, value: bytes) -> bytes:
    return _expression("cmp", _number(1, _REGISTER), _number(2, how), _value(3, value))


def _value(kind: int, value: bytes) -> bytes:
    return _nested(kind, _attribute(1, value))


def _is_tcp() -> list[bytes]:
    return [_known(_PROTOCOL), _compared(_EQUAL, bytes([socket.IPPROTO_TCP]))]


def _is_for_port(protocol: int, port: int) -> list[bytes]:
    is_protocol = [_known(_PROTOCOL), _compared(_EQUAL, bytes([protocol]))]
    return [*is_protocol, _read(_TRANSPORT_HEADER, 2, 2), _compared(_EQUAL, pack(">H", port))]


def _is_family(addresses: IPv4Network | IPv6Network) -> list[bytes]:
    return [_known(_FAMILY), _compared(_EQUAL, bytes([_family_of(addresses)]))]


def _is_within(addresses: IPv4Network | IPv6Network, *, inverted: bool = False) -> list[bytes]:
    is_4 = addresses.version == 4
    destination = _read(_NETWORK_HEADER, 16, 4) if is_4 else _read(_NETWORK_HEADER, 24, 16)
    masked = _masked(addresses.netmask.packed)
    how = _UNEQUAL if inverted else _EQUAL
    return [*_is_family(addresses), destination, masked, _compared(how, addresses.network_address.packed)]


def _led_to(address: str, port: int) -> list[bytes]:
    home = ip_address(address)
    load_address = _expression("immediate", _number(1, _REGISTER), _value(2, home.packed))
    load_port = _expression("immediate", _number(1, _OTHER_REGISTER), _value(2, pack(">H", port)))
    registers = (_number(3, _REGISTER), _number(5, _OTHER_REGISTER))
    return [load_address, load_port, _expression("nat", _number(1, 1), _number(2, _family_of(home)), *registers)]


def _family_of(addresses: IPv4Network | IPv6Network | IPv4Address | IPv6Address) -> int:
    return socket.AF_INET if addresses.version == 4 else socket.AF_INET6
