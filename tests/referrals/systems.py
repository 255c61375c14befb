"""A system that sends referrals, and how it asks."""

from typing import Any

from django.test import Client

from referrals import system_actions
from referrals.models import SendingSystem
from sundbyberg_am.access import Role
from sundbyberg_am.models import Unit, User
from tests.builders import a_unit, a_user

from .builders import ANSWERS, a_number


def a_token(unit: Unit, name: str = "Procapita") -> str:
    """The token of a new system of the team."""
    return system_actions.add_system(name=name, unit=unit, by=a_user(Role.ADMINISTRATOR))


def a_body(**fields: Any) -> dict[str, Any]:
    """A referral as a system sends it, of somebody new."""
    return {
        "to_unit": a_unit().name,
        "personnummer": a_number(),
        "first_name": "Amina",
        "last_name": "Yusuf",
        "mapping_version": 1,
        "answers": ANSWERS,
        "level": "AM2",
        **fields,
    }


class Caller:
    """A system with its token, asking in somebody's name."""

    def __init__(self, user: User, *, token: str = "", name: str = "Procapita") -> None:
        self.token = token or a_token(user.unit, name)
        self.user = user
        self.client = Client()

    @property
    def system(self) -> SendingSystem:
        found = SendingSystem.objects.with_token(self.token)
        assert found
        return found

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Acting-User": self.user.username,
            "Accept-Encoding": "identity",  # what reads the answers of the fuzz does not unpack them
            **more,
        }

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{address}", headers=self.headers(**headers))

    def send(self, body: Any, key: str = "nyckel", **headers: str) -> Any:
        return self.client.post(
            "/api/v1/referrals",
            body,
            content_type="application/json",
            headers=self.headers(**{"Idempotency-Key": key, **headers}),
        )


def errors(answer: Any) -> dict[str, str]:
    """The sentences of a refusal by field."""
    return {one["field"] or "": one["message"] for one in answer.json()["errors"]}
