"""The city's sign-in with SAML in a real browser: a provider on another site sends it back with a form.

That form has no cookie of ours with it, and what our policy says of forms must not stop the way there.
"""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_role_claim
from tests.saml_provider import SamlProvider

from .conftest import violations

ANNA = {"displayName": ["Anna Berg"], "uid": ["anna.berg"], "groups": ["am-konsulenter"]}
FORM = """<!doctype html><html lang="sv"><title>Kommunen</title>
<link rel="icon" href="data:,"><h1>Kommunens inloggning</h1>
<form method="post" action="{to}"><input type="hidden" name="SAMLResponse" value="{answer}">
<button>Jag är Anna</button></form>"""


@pytest.fixture
def idp(settings) -> Iterator[SamlProvider]:
    """On 127.0.0.1, which to a browser is another site than localhost."""
    provider = SamlProvider()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            to = provider.question(self.path).get("AssertionConsumerServiceURL")
            page = FORM.format(to=to, answer=provider.answer(self.path, "anna-1", ANNA))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        provider.url = f"http://127.0.0.1:{server.server_port}/sso"
        settings.SAML_ISSUER, settings.SAML_URL = provider.issuer, provider.url
        settings.SAML_CERTIFICATE, settings.SAML_NAME = provider.keys[1], "Sundbybergs konto"
        a_role_claim("am-konsulenter", Role.CONSULTANT)
        yield provider
        server.shutdown()


def test_a_browser_comes_in_from_a_provider_on_another_site(idp, live_server, chromium: Browser):
    assert "//localhost:" in live_server.url
    context = chromium.new_context(base_url=live_server.url, locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(10_000)
    stopped: list[str] = []
    page.on("console", lambda line: stopped.append(line.text) if "Policy" in line.text else None)
    page.goto("/konto/")
    page.get_by_role("link", name="Logga in med Sundbybergs konto").click()
    expect(page.get_by_role("heading", name="Kommunens inloggning")).to_be_visible()
    page.get_by_role("button", name="Jag är Anna").click()
    expect(page.get_by_role("heading", name="Ditt konto")).to_be_visible()
    assert User.objects.get().name == "Anna Berg"
    expect(page.get_by_text("Det är den du använder nu.")).to_be_visible()

    # Once more, to show who it is: the form of our page leads nowhere, only its link.
    page.goto("/konto/inloggningar/andra/")
    assert violations(page) == []
    page.get_by_role("link", name="Logga in igen med Sundbybergs konto").click()
    page.get_by_role("button", name="Jag är Anna").click()
    page.get_by_role("button", name="Logga ut", exact=True).last.click()
    expect(page.get_by_text("Du är utloggad överallt utom här.")).to_be_visible()
    assert stopped == []
    context.close()
