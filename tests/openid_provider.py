"""An OpenID Connect provider as a process of its own, which signs for real.

    python -m tests.openid_provider PORT

It checks what a provider checks (client, secret, address, PKCE, each code once) and lets everybody
in as the person that ``POST /control`` set. What it signs can be made wrong the same way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "samenspraak", "een geheim van de aanbieder"


class Provider(ThreadingHTTPServer):
    """The server with what it knows."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, Any] = {}
        self.how = "own"
        self.away = False

    def signed(self, nonce: str) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "u-1",
            "iat": moment,
            "exp": moment + 300,
            "nonce": nonce,
            "email": "els@gemeente.example",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.how == "none":
            parts = ({"alg": "none"}, claims)
            raw = [base64.urlsafe_b64encode(json.dumps(each).encode()) for each in parts]
            return b".".join([*(each.rstrip(b"=") for each in raw), b""]).decode()
        if self.how == "secret":
            # The public key, taken for a shared secret.
            head, body = (
                base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=")
                for each in ({"alg": "HS256", "kid": "1"}, claims)
            )
            mac = hmac.digest(self.key.as_pem(private=False), head + b"." + body, "sha256")
            seal = base64.urlsafe_b64encode(mac).rstrip(b"=")
            return b".".join([head, body, seal]).decode()
        key = RSAKey.generate_key(2048) if self.how == "other" else self.key
        return jwt.encode({"alg": "RS256", "kid": str(self.key.kid)}, claims, key)


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        here = self.server
        if here.away:
            self._send(503, {})
        elif place.path == "/.well-known/openid-configuration":
            told = {name: f"{here.issuer}/{name}" for name in ("authorize", "token", "jwks")}
            self._send(
                200,
                {
                    "issuer": here.issuer,
                    "authorization_endpoint": told["authorize"],
                    "token_endpoint": told["token"],
                    "jwks_uri": told["jwks"],
                },
            )
        elif place.path == "/jwks":
            self._send(200, {"keys": [here.key.as_dict(private=False)]})
        elif place.path == "/authorize":
            self._let_in({name: each[0] for name, each in parse_qs(place.query).items()})
        else:
            self._send(404, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.path == "/control":
            self._control(json.loads(raw))
        elif self.path == "/token" and not self.server.away:
            self._trade({name: each[0] for name, each in parse_qs(raw).items()})
        else:
            self._send(503, {})

    def _control(self, wanted: dict[str, Any]) -> None:
        here = self.server
        here.claims = wanted.get("claims", {})
        here.how = wanted.get("how", "own")
        here.away = wanted.get("away", False)
        if wanted.get("rotate"):
            here.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})
        self._send(200, {})

    def _let_in(self, asked: dict[str, str]) -> None:
        right = asked["client_id"] == CLIENT and asked["response_type"] == "code"
        if not right or asked["code_challenge_method"] != "S256" or "openid" not in asked["scope"]:
            self._send(400, {"error": "invalid_request"})
            return
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _trade(self, sent: dict[str, str]) -> None:
        asked = self.server.codes.pop(sent.get("code", ""), None)
        header = self.headers.get("Authorization", "").removeprefix("Basic ")
        basic = unquote_plus(base64.b64decode(header).decode())
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = (
            asked is not None
            and basic == f"{CLIENT}:{SECRET}"
            and sent["redirect_uri"] == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if asked is None or not right:
            self._send(400, {"error": "invalid_grant"})
            return
        token = self.server.signed(asked["nonce"])
        self._send(200, {"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _send(self, status: int, content: dict[str, Any]) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    server = Provider(int(sys.argv[1]))
    print("ready", flush=True)
    server.serve_forever()
