"""A real provider of identities, for tests to sign in with: `python -m tests.identity_provider PORT`.

It is the package oidc-provider-mock, an OpenID Connect provider with keys and signatures of its own. What is
added is that it can be told to lie: `PUT /lies` says what its ID tokens hold then, or who signs them.
"""

import base64
import json
import os
import sys
from typing import Any

import flask
import jwt
import oidc_provider_mock
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


def make_provider() -> flask.Flask:
    provider = oidc_provider_mock.app(require_nonce=True)
    lies: dict[str, Any] = {}

    def lie() -> tuple[str, int]:
        lies.clear()
        lies.update(flask.request.json)
        return "", 204

    def tell(answer: flask.Response) -> flask.Response:
        if flask.request.path.endswith("openid-configuration") and "configuration" in lies:
            answer.set_data(json.dumps({**answer.get_json(), **lies["configuration"]}))
        if flask.request.path == "/oauth2/token" and answer.status_code == 200:
            told = answer.get_json()
            if lies.get("no ID token"):
                del told["id_token"]
            elif {"claims", "without", "signed by", "header"} & set(lies):
                told["id_token"] = signed(told["id_token"], lies)
            answer.set_data(json.dumps(told))
        return answer

    provider.add_url_rule("/lies", view_func=lie, methods=["PUT"])
    provider.after_request(tell)
    return provider


def signed(id_token: str, lies: dict[str, Any]) -> str:
    """The ID token with other claims, signed as the provider does or as somebody else would."""
    head, body, _ = id_token.split(".")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body))
    claims |= lies.get("claims", {})
    for name in lies.get("without", ()):
        del claims[name]
    kept = flask.g.oidc_provider_mock_storage.jwk
    key: Any = jwt.PyJWK(kept.as_dict(is_private=True), "RS256").key
    algorithm = "RS256"
    match lies.get("signed by"):
        case "somebody else":
            key = jwt.PyJWK(RSAKey.generate_key().as_dict(private=True), "RS256").key
        case "the public key":  # as if it were a secret that both know
            key, algorithm = kept.as_dict(is_private=False)["n"], "HS256"
        case "nobody":
            key, algorithm = None, "none"
    named = {"kid": header["kid"]} if "kid" in header else {}
    return jwt.encode(claims, key, algorithm, {**named, **lies.get("header", {})})


if __name__ == "__main__":
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http, on the loopback
    make_server("127.0.0.1", int(sys.argv[1]), make_provider(), threaded=True).serve_forever()
