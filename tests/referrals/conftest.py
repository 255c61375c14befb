"""The people of a referral, signed up quickly: thousands of users, and no password is checked."""

import pytest

from .builders import Cast


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast():
    return Cast()
