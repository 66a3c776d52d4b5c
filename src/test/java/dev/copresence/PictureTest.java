package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule I1, and I7: a picture is whatever absolute https address a browser loads, in the form that the browser gives it. */
class PictureTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/ana.png",
                "https://example.org:8443/a?size=64#x",
                "https://192.0.2.1/ana.png",
                "https://[2001:db8::1]/ana.png",
                "https://[::1]:8443/ana.png",
                "https://my_bucket.s3.example.com/a.png",
                "https://-a.b_/",
                "https://xn--bcher-kva.example/a.png",
                "https://example.org/%C3%A9.png",
                "https://example.org/%zz%4",
                "https://example.org/a?b[0]=1|2^3&c=%20",
                "https://example.org/a[0]|b",
                "https://example.org/a//b/",
                "https://example.org/?",
                "https://example.org/#",
                "https://a..b/",
                "https://example.org./a"
            })
    void whatIsInCanonicalFormStaysAsItIs(String address) {
        assertEquals(address, Picture.canonical(address));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "https://example.org ! https://example.org/",
                "https://example.org?a ! https://example.org/?a",
                "HTTPS://EXAMPLE.ORG/Ana.PNG ! https://example.org/Ana.PNG",
                "' https://example.org/ana.png\n' ! https://example.org/ana.png",
                "'https://exam\tple.org/a\r\nna.png' ! https://example.org/ana.png",
                "https://example.org:443/a ! https://example.org/a",
                "https://example.org:/a ! https://example.org/a",
                "https://example.org:0443/a ! https://example.org/a",
                "https://b\u00FCcher.example/\u00E9 ! https://xn--bcher-kva.example/%C3%A9",
                "https://fa\u00DF.de/ ! https://xn--fa-hia.de/",
                "https://B\u00DCCHER.example/ ! https://xn--bcher-kva.example/",
                "https://bu\u0308cher.example/ ! https://xn--bcher-kva.example/",
                "https://\u65E5\u672C\u8A9E\u3002\uFF4A\uFF50:0443/ ! https://xn--wgv71a119e.jp/",
                "https://\u2603.net/ ! https://xn--n3h.net/",
                "https://I\u2764\uFE0F.ws/ ! https://xn--i-7iq.ws/",
                "https://\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2.gr/ ! https://xn--kxa6ajbbmh.gr/",
                "https://\uFB01.com/ ! https://fi.com/",
                "https://a\u00ADb.com/ ! https://ab.com/",
                "https://b%C3%BCcher.example/ ! https://xn--bcher-kva.example/",
                "https://example.org/a b.png ! https://example.org/a%20b.png",
                "https://example.org/a^b`{c}\" ! https://example.org/a%5Eb%60%7Bc%7D%22",
                "https://example.org/<a> ! https://example.org/%3Ca%3E",
                "https://example.org/?a b'\"<>`^| ! https://example.org/?a%20b%27%22%3C%3E`^|",
                "https://example.org/#a b`\u00E9 ! https://example.org/#a%20b%60%C3%A9",
                "https://example.org\\a\\b ! https://example.org/a/b",
                "https:\\\\example.org/a ! https://example.org/a",
                "https:///example.org/a ! https://example.org/a",
                "https://example.org/a/./b/../c/%2e%2E/d/.. ! https://example.org/a/",
                "https://example.org/../a/. ! https://example.org/a/",
                "https://[2001:DB8:0:0:1:0:0:1]/ ! https://[2001:db8::1:0:0:1]/",
                "https://[1:0:2:0:3:0:4:0]/ ! https://[1:0:2:0:3:0:4:0]/",
                "https://[::ffff:192.0.2.1]/ ! https://[::ffff:c000:201]/",
                "https://[0:0:0:0:0:0:0:0]/ ! https://[::]/",
                "https://192.168.1/ ! https://192.168.0.1/",
                "https://0x7f.1/ ! https://127.0.0.1/",
                "https://0300.168.1.1./ ! https://192.168.1.1/"
            })
    void whatABrowserLoadsIsGivenInTheFormThatTheBrowserGivesIt(String address, String canonical) {
        assertEquals(canonical, Picture.canonical(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ana.png",
                "/ana.png",
                "//example.org/ana.png",
                "http://example.org/ana.png",
                "ftp://example.org/ana.png",
                "data:image/png;base64,AAAA",
                "javascript:alert(1)",
                "java\nscript:alert(1)",
                "blob:https://example.org/1",
                "view-source:https://example.org/1",
                "https",
                "https:",
                "https:ana.png",
                "https:/ana.png",
                "https://",
                "https://:443/ana.png",
                "https://?a",
                "https://#a",
                "httpsx://example.org/a",
                "https://exa mple.org/",
                "https://exa<mple.org/",
                "https://exa%20mple.org/",
                "https://a%2Fb.example/",
                "https://exa|mple.org/",
                "https://%ff.example/",
                "https://\u00AD/",
                "https://a\u202Eb.example/",
                "https://user@example.org/a",
                "https://user:pass@example.org/a",
                "https://:@example.org/a",
                "https://example.org:65536/a",
                "https://example.org:12345678/a",
                "https://example.org:x/a",
                "https://1.2.3.4.5/",
                "https://256.1.1.1/",
                "https://a.1/",
                "https://09.1.1.1/",
                "https://[::1/",
                "https://[1:2:3]/",
                "https://[::1::]/",
                "https://[1:2:3:4:5:6:7:8:9]/",
                "https://[12345::]/",
                "https://[::1%25eth0]/",
                "https://[::256.1.1.1]/",
                "https://[g::]/",
                "https://example.org/\uD83D"
            })
    void whatNoBrowserLoadsOrNobodyShouldSeeIsNoPicture(String address) {
        assertNull(Picture.canonical(address));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverIsGivenTheCanonicalFormIsPlainAndStaysAsItIs(long draw) {
        var random = new Random(draw);
        var parts =
                "https://|//|\\|/|a|.|..|%2e|:|443|@|?|#|[|]|[::1]|0x|1|_|\u00FC|\u00DF|\u2764|\u200D| |\"|<|'|`|^|{|%|\n"
                        .split("\\|");
        for (var round = 0; round < 50_000; round++) {
            var address = "https://a"
                    + IntStream.range(0, random.nextInt(12))
                            .mapToObj(i -> parts[random.nextInt(parts.length)])
                            .collect(Collectors.joining());

            var canonical = Picture.canonical(random.nextBoolean() ? address : address.substring(9));

            if (canonical != null) {
                assertEquals(canonical, Picture.canonical(canonical));
                assertTrue(canonical.matches("https://[!-~&&[^\"<>]]+"), canonical);
            }
        }
    }
}
