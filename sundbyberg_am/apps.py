from django.apps import AppConfig


class SundbybergAmConfig(AppConfig):
    name = "sundbyberg_am"
    verbose_name = "Användare och enheter"

    def ready(self) -> None:
        """Let signing in and out be logged."""
        from . import events  # noqa: F401 – needs the models
