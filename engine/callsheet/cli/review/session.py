"""Who may ask the review server: one browser, let in by a link that works once."""

from __future__ import annotations

import secrets


class Session:
    """A one-time token and the secret that a browser gets for it. `authority` is the server's `host:port`, which is
    the only `Host` that it answers to."""

    def __init__(self, authority: str) -> None:
        self.authority = authority
        self.origin = f"http://{authority}"
        self.cookie = f"callsheet-review-{authority.rpartition(':')[2]}"
        self._token: str | None = secrets.token_urlsafe(32)
        self._secret = secrets.token_urlsafe(32)

    def link(self) -> str:
        """The address that lets a browser in, once; without a token after it was used."""
        return f"{self.origin}/_review/enter" + (f"?token={self._token}" if self._token else "")

    def enter(self, token: str) -> str | None:
        """The `Set-Cookie` for the one who brings the token, which is worth nothing from then on; else None."""
        if self._token is None or not secrets.compare_digest(token.encode(), self._token.encode()):
            return None
        self._token = None
        return f"{self.cookie}={self._secret}; HttpOnly; SameSite=Strict; Path=/"

    def knows(self, cookies: str) -> bool:
        """Whether these cookies hold the secret."""
        values = [
            value
            for name, _, value in (one.strip().partition("=") for one in cookies.split(";"))
            if name == self.cookie
        ]
        return any(secrets.compare_digest(value.encode(), self._secret.encode()) for value in values)
