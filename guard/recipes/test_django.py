"""The recipe for Django of docs/guards.md, run: python3 -m unittest test_django. It needs Django, PyJWT and cryptography."""

import base64
import hashlib
import hmac
import json
import time
import unittest

import django
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ROOT_URLCONF=__name__,
    SECRET_KEY="of this test",
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[__name__ + ".bearers"],
)
django.setup()

from django.db import connection
from django.test import Client
from django.urls import re_path

import django_views

urlpatterns = [re_path("^docs/.+$", django_views.text)]
KEY = ec.generate_private_key(ec.SECP256R1())
NUMBERS = KEY.public_key().public_numbers()


def coordinate(number):
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


PUBLIC = {"kty": "EC", "crv": "P-256", "x": coordinate(NUMBERS.x), "y": coordinate(NUMBERS.y),
          "kid": "2026-11", "alg": "ES256", "use": "sig"}
django_views.keys.fetch_data = lambda: {"keys": [PUBLIC]}


def bearers(get_response):
    """A sign-in that believes everybody."""

    def answer(request):
        name = request.headers.get("Authorization", "")[len("Bearer "):]
        request.user = type("User", (), {"is_authenticated": bool(name), "get_username": lambda self: name})()
        return get_response(request)

    return answer


def receipt(key=KEY, algorithm="ES256", kid="2026-11", **claims):
    now = int(time.time())
    known = {"iss": "https://presence.example", "aud": "https://wiki.example", "sub": "ana", "page": "/docs/a",
             "fence": 418, "iat": now, "exp": now + 600, **claims}
    return jwt.encode({name: value for name, value in known.items() if value is not None}, key, algorithm,
                      headers={"kid": kid})


def hs256_over_the_public_key():
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    good = jwt.decode(receipt(), options={"verify_signature": False})
    signed = part({"alg": "HS256", "kid": "2026-11"}) + b"." + part(good)
    mac = hmac.new(json.dumps(PUBLIC).encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


class Recipe(unittest.TestCase):
    def setUp(self):
        with connection.cursor() as cursor:
            cursor.execute("drop table if exists page")
            cursor.execute("create table page (path varchar primary key, text text, revision int default 0, fence int default 0)")
            cursor.execute("insert into page (path, text) values ('/docs/a', '')")

    def call(self, method, body="", user="ana", **headers):
        named = {"HTTP_" + name.upper(): value for name, value in headers.items()}
        return Client(HTTP_AUTHORIZATION="Bearer " + user).generic(method, "/docs/a", body, "text/plain", **named)

    def save(self, fence, base, text):
        return self.call("PUT", text, presence_fence=str(fence), if_match=f'"{base}"').status_code

    def test_a_text_is_opened_by_a_receipt_and_saved_under_its_fence(self):
        self.assertEqual(self.call("POST", presence_receipt=receipt()).json(), {"text": "", "revision": 0})
        self.assertEqual(self.save(418, 0, "Ana's"), 200)
        self.assertEqual(self.save(418, 0, "Ana's"), 200)
        self.assertEqual(self.call("GET").json(), {"text": "Ana's", "revision": 1})
        self.assertEqual(self.call("GET")["ETag"], '"1"')

    def test_the_sleeper_and_the_waiting_writer_and_the_inventor_are_refused(self):
        self.call("POST", presence_receipt=receipt())
        self.assertEqual(self.save(419, 0, "not opened"), 409)
        self.assertEqual(self.save(9007199254740991, 0, "invented"), 409)
        self.assertEqual(self.call("POST", user="ben", presence_receipt=receipt(sub="ben", fence=419)).status_code, 200)
        self.assertEqual(self.save(418, 0, "late"), 409)
        self.assertEqual(self.call("POST", presence_receipt=receipt()).status_code, 409)
        self.assertEqual(self.save(419, 1, "over nothing"), 412)

    def test_what_is_missing_or_no_number_is_refused(self):
        self.assertEqual(self.call("POST").status_code, 428)
        self.assertEqual(self.call("PUT", presence_fence="418").status_code, 428)
        self.assertEqual(self.call("PUT", if_match='"0"').status_code, 428)
        self.assertEqual(self.save("x", 0, ""), 400)
        self.assertEqual(self.save(418, "*", ""), 400)
        self.assertEqual(self.call("PUT", user="").status_code, 401)

    def test_bad_receipts_are_refused(self):
        past = int(time.time()) - 1000
        bad = [
            receipt(iss="https://evil.example"), receipt(aud="https://shop.example"), receipt(sub="ben"),
            receipt(page="/docs/b"), receipt(section="install"), receipt(exp=past), receipt(exp=None),
            receipt(nbf=int(time.time()) + 100), receipt(fence=None), receipt(fence="418"), receipt(kid="1999-01"), receipt(page=None),
            receipt(key=ec.generate_private_key(ec.SECP256R1())), receipt(key=None, algorithm="none"),
            hs256_over_the_public_key(), "garbage", "..",
        ]
        for one in bad:
            self.assertEqual(self.call("POST", presence_receipt=one).status_code, 400, one)
        with connection.cursor() as cursor:
            cursor.execute("select fence from page")
            self.assertEqual(cursor.fetchone(), (0,))

    def test_nobody_knows_while_no_key_can_be_fetched(self):
        def down():
            raise jwt.PyJWKClientError("Fail to fetch data from the url")

        known = django_views.keys.fetch_data
        django_views.keys = type(django_views.keys)("https://presence.example/api/presence/keys")
        django_views.keys.fetch_data = down
        try:
            self.assertEqual(self.call("POST", presence_receipt=receipt()).status_code, 503)
        finally:
            django_views.keys.fetch_data = known


if __name__ == "__main__":
    unittest.main()
