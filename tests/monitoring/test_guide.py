"""The operator's guide has a section for everything that alerts link to, and is a page."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from monitoring import guide
from monitoring.measures import MEASURES

pytestmark = pytest.mark.django_db


def test_every_measure_has_its_section() -> None:
    assert set(MEASURES) <= guide.sections()
    assert guide.link_of("no_worker") == "/alerts/guide#no_worker"
    assert guide.link_of("something of one's own") == "/alerts/guide"


def test_the_page_has_an_anchor_for_each_section_and_tables() -> None:
    client = Client()
    client.force_login(User.objects.create_user("viewer"))
    page = client.get(reverse("guide")).content.decode()
    assert all(f'id="{name}"' in page for name in guide.sections())
    assert "<table>" in page
    assert '<h1 id="operate-millrace">' in page
    assert Client().get(reverse("guide")).status_code == 302


def test_links_lead_to_pages_that_are_there() -> None:
    client = Client()
    client.force_login(User.objects.create_user("viewer"))
    links = set(re.findall(r'href="(/[^"#]*)', guide.as_html()))
    assert "/alerts/guide/autoscale-workers" in links
    assert {client.get(link).status_code for link in links} == {200}
    assert client.get("/alerts/guide/nothing").status_code == 404
    assert client.get("/alerts/guide/../operate").status_code == 404
