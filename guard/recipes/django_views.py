import jwt
from urllib.parse import quote
from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse

SITE = {"issuer": "https://presence.example", "audience": "https://wiki.example", "algorithms": ["ES256"]}
keys = jwt.PyJWKClient("https://presence.example/api/presence/keys")


def sql(statement, *values):
    cursor = connection.cursor()
    cursor.execute(statement, values)
    return cursor


def text(request):
    if request.method == "GET" or not request.user.is_authenticated:
        return shown(request, None) if request.method == "GET" else HttpResponse(status=401)
    return open_text(request) if request.method == "POST" else save(request)


def shown(request, fence):
    row = sql("select text, revision, fence from page where path = %s", request.path).fetchone()
    if row is None or fence not in (None, row[2]):
        return HttpResponse(status=404 if row is None else 409)
    return JsonResponse({"text": row[0], "revision": row[1]}, headers={"ETag": f'"{row[1]}"'})


def open_text(request):
    receipt = request.headers.get("Presence-Receipt")
    if not receipt:
        return HttpResponse(status=428)
    try:
        known = jwt.decode(receipt, keys.get_signing_key_from_jwt(receipt).key, **SITE, options={"require": ["exp"]})
        mine = (request.user.get_username(), quote(request.path, safe="/-._~!$&'()*+,;=:@"), None)
        fence = known["fence"]
        if (known["sub"], known["page"], known.get("section")) != mine or type(fence) is not int:
            return HttpResponse(status=400)
    except jwt.PyJWKClientError as unknown:
        return HttpResponse(status=400 if "Unable to find" in str(unknown) else 503)
    except (jwt.InvalidTokenError, KeyError):
        return HttpResponse(status=400)
    with transaction.atomic():
        sql("update page set fence = %s where path = %s and fence <= %s", fence, request.path, fence)
        return shown(request, fence)


def save(request):
    fence, base = request.headers.get("Presence-Fence"), request.headers.get("If-Match")
    if not fence or not base:
        return HttpResponse(status=428)
    if not fence.isdecimal() or not base.strip('"').isdecimal():
        return HttpResponse(status=400)
    fence, base, sent = int(fence), int(base.strip('"')), request.body.decode()
    changed = sql("update page set text = %s, revision = revision + 1 where path = %s and fence = %s and revision = %s",
                  sent, request.path, fence, base).rowcount
    row = sql("select text, revision, fence from page where path = %s", request.path).fetchone()
    if row is None:
        return HttpResponse(status=404)
    if changed or (row[0], row[2]) == (sent, fence):
        return JsonResponse({"revision": base + 1}, headers={"ETag": f'"{base + 1}"'})
    return HttpResponse(status=409 if row[2] != fence else 412)
