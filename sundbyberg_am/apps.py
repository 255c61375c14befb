from django.apps import AppConfig


class SundbybergAmConfig(AppConfig):
    name = "sundbyberg_am"
    verbose_name = "Användare och enheter"
