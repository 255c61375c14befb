"""A provider of identities that speaks SAML 2.0, for tests to sign in with: it signs with its own key."""

import base64
import datetime as dt
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone
from lxml import etree

SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


def a_key() -> tuple[bytes, str]:
    """A private key, and the certificate of its public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
    )


@dataclass
class SamlProvider:
    """One that answers as it is told: `answer(away, subject, said, **lies)`."""

    issuer: str = "https://idp.example.se/saml"
    url: str = "https://idp.example.se/saml/sso"
    keys: tuple[bytes, str] = field(default_factory=a_key)

    def question(self, away: str) -> Any:
        """The question in the address that the browser was sent to."""
        asked = parse_qs(urlsplit(away).query)["SAMLRequest"][0]
        return etree.fromstring(zlib.decompress(base64.b64decode(asked), -15))

    def answer(
        self,
        away: str,
        subject: str,
        said: dict[str, list[str]],
        *,
        without: tuple[str, ...] = (),
        signed_by: bytes | None = None,
        **lies: Any,
    ) -> str:
        """The signed answer to the question in the address that the browser was sent to.

        A lie is another text for one of the places in the answer; `without` leaves some of them out.
        """
        request = self.question(away)
        now = timezone.now().astimezone(dt.UTC)
        told = {
            "question": request.get("ID"),
            "here": request.get("AssertionConsumerServiceURL"),
            "recipient": request.get("AssertionConsumerServiceURL"),
            "audience": request.findtext(f"{{{SAML}}}Issuer"),
            "issuer": self.issuer,
            "format": PERSISTENT,
            "from": moment(now - dt.timedelta(minutes=1)),
            "until": moment(now + dt.timedelta(minutes=5)),
            "now": moment(now),
            "asked": moment(now),
            "status": "Success",
            **lies,
        }
        response = etree.Element(f"{{{SAMLP}}}Response", nsmap={"samlp": SAMLP, "saml": SAML})
        attributes = {
            "ID": f"_{uuid4()}",
            "Version": "2.0",
            "IssueInstant": told["now"],
            "Destination": told["here"],
            "InResponseTo": told["question"],
        }
        _put(response, attributes, without)
        etree.SubElement(response, f"{{{SAML}}}Issuer").text = told["issuer"]
        status = etree.SubElement(response, f"{{{SAMLP}}}Status")
        code = f"urn:oasis:names:tc:SAML:2.0:status:{told['status']}"
        etree.SubElement(status, f"{{{SAMLP}}}StatusCode", Value=code)
        assertion = _assertion(response, subject, told, without)
        if said:
            statement = etree.SubElement(assertion, f"{{{SAML}}}AttributeStatement")
            for name, values in said.items():
                attribute = etree.SubElement(statement, f"{{{SAML}}}Attribute", Name=name)
                for value in values:
                    etree.SubElement(attribute, f"{{{SAML}}}AttributeValue").text = value
        if "signature" not in without:
            sign(assertion, signed_by or self.keys[0])
        return base64.b64encode(etree.tostring(response)).decode()


def _assertion(response: Any, subject: str, told: dict[str, Any], without: tuple[str, ...]) -> Any:
    assertion = etree.SubElement(
        response,
        f"{{{SAML}}}Assertion",
        ID=f"_{uuid4()}",
        Version="2.0",
        IssueInstant=told["now"],
    )
    etree.SubElement(assertion, f"{{{SAML}}}Issuer").text = told["issuer"]
    who = etree.SubElement(assertion, f"{{{SAML}}}Subject")
    etree.SubElement(who, f"{{{SAML}}}NameID", Format=told["format"]).text = subject
    confirmed = etree.SubElement(who, f"{{{SAML}}}SubjectConfirmation", Method=BEARER)
    data = etree.SubElement(confirmed, f"{{{SAML}}}SubjectConfirmationData")
    attributes = {
        "Recipient": told["recipient"],
        "NotOnOrAfter": told["until"],
        "InResponseTo": told["question"],
    }
    _put(data, attributes, without)
    conditions = etree.SubElement(
        assertion, f"{{{SAML}}}Conditions", NotBefore=told["from"], NotOnOrAfter=told["until"]
    )
    if "audience" not in without:
        only = etree.SubElement(conditions, f"{{{SAML}}}AudienceRestriction")
        etree.SubElement(only, f"{{{SAML}}}Audience").text = told["audience"]
    how = etree.SubElement(assertion, f"{{{SAML}}}AuthnStatement", AuthnInstant=told["asked"])
    context = etree.SubElement(how, f"{{{SAML}}}AuthnContext")
    etree.SubElement(context, f"{{{SAML}}}AuthnContextClassRef").text = PASSWORD
    return assertion


def sign(element: Any, key: bytes) -> None:
    """As providers do: within the element, after its issuer."""
    signature = xmlsec.template.create(
        element, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    element.insert(1, signature)
    reference = xmlsec.template.add_reference(
        signature, xmlsec.constants.TransformSha256, uri=f"#{element.get('ID')}"
    )
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    xmlsec.tree.add_ids(element, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key, xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)


def moment(at: dt.datetime) -> str:
    """As SAML writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _put(element: Any, attributes: dict[str, str], without: tuple[str, ...]) -> None:
    for name, value in attributes.items():
        if name not in without:
            element.set(name, value)
