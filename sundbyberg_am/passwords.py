"""Passwords that are easily guessed here, beside those that Django knows to be common."""

from django.core.exceptions import ValidationError

# What anybody who works here would try first. Listed in docs/sakerhet/granser.md.
WORDS = (
    *("sundbyberg", "arbetsmarknad", "kommun", "socialtjänst", "ekonomiskt bistånd"),
    *("konsulent", "samordnare", "socialsekreterare", "enhetschef", "controller"),
    *("systemförvaltare", "logggranskare", "anvisning", "deltagare"),
)
HELP = "Lösenordet får inte innehålla ord som hör till arbetsplatsen, som ”sundbyberg” eller ”konsulent”."


class NoWordOfTheWorkplace:
    """Refuses a password with one of the words in it, in capital letters or not."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError."""
        if any(word in password.casefold() for word in WORDS):
            raise ValidationError(HELP)

    def get_help_text(self) -> str:
        """What Django says of it beside a field."""
        return HELP
