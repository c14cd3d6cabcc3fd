//! Requests that no browser makes: broken, endless, enormous, nested beyond reason, in strange encodings.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Client, TestApp, both_databases};

/// Sends bytes as they are and reads what comes back until the server closes or says no more.
fn raw(app: &TestApp, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(app.address().trim_start_matches("http://")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    for part in parts {
        // The server may have had enough already.
        if stream.write_all(part).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..count]);
        if count == 0 || answer.windows(4).any(|end| end == b"\r\n\r\n") {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The head of one answer, in lower case; its body is read and passed over.
fn one_answer(answers: &mut impl BufRead) -> String {
    let mut head = String::new();
    while answers.read_line(&mut head).unwrap() > 2 {}
    let head = head.to_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let length: usize = length.expect("a length").parse().unwrap();
    answers.read_exact(&mut vec![0; length]).unwrap();
    head
}

fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

/// A request line and headers as this browser would send them.
fn head(browser: &Client, path: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\ncookie: {}\r\n\
         idempotency-key: {}\r\ncontent-type: application/json\r\n{more}\r\n",
        browser.token().unwrap(),
        browser.cookies(),
        testkit::fresh_key(),
    )
}

fn works(app: &TestApp) {
    app.concern().create();
}

both_databases! {
    fn a_body_that_nests_without_end_is_refused(app: TestApp) {
        let browser = app.browser_of("Carys");
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"narrative\":", "}]")] {
            for depth in [200, 20_000] {
                let bomb = format!("{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes();
                let answer = browser
                    .request("POST".parse().unwrap(), "/v1/concerns")
                    .header("content-type", "application/json")
                    .idempotency_key(&testkit::fresh_key())
                    .bytes(bomb)
                    .send();
                assert!(matches!(answer.status, 413 | 422), "{answer}");
            }
        }
        works(&app);
    }

    fn a_field_that_stands_twice_is_refused_and_not_chosen_from(app: TestApp) {
        let body = app.concern().body().to_string();
        let twice = body.replacen('{', "{\"narrative\":\"Nothing happened.\",", 1);
        let browser = app.browser_of("Carys");
        let send = |bytes: &str, kind: &str| {
            browser
                .request("POST".parse().unwrap(), "/v1/concerns")
                .header("content-type", kind)
                .idempotency_key(&testkit::fresh_key())
                .bytes(bytes.as_bytes().to_vec())
                .send()
        };
        assert_eq!(send(&twice, "application/json").status, 422);
        // A pupil twice in one entry, two documents, something after it.
        for odd in [
            body.replace("\"role\":", "\"role\":\"witness\",\"role\":"),
            format!("{body}{body}"),
            format!("{body} and more"),
            format!("\u{feff}{body}"),
        ] {
            assert_eq!(send(&odd, "application/json").status, 422, "{odd}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "application/json-patch+json"] {
            assert_eq!(send(&body, kind).status, 415, "{kind}");
        }
        assert_eq!(send(&body, "application/json; charset=utf-8").status, 201);
    }

    fn a_body_in_another_encoding_is_refused_and_not_guessed_at(app: TestApp) {
        let body = app.concern().saying("Zoë was cold.").body().to_string();
        let utf16: Vec<u8> = body.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin: Vec<u8> = body.chars().map(|letter| letter as u8).collect();
        let browser = app.browser_of("Carys");
        for bytes in [utf16, latin, b"{\"narrative\":\"\xff\xfe\"}".to_vec(), br#"{"narrative":"\ud800"}"#.to_vec()] {
            let answer = browser
                .request("POST".parse().unwrap(), "/v1/concerns")
                .header("content-type", "application/json")
                .idempotency_key(&testkit::fresh_key())
                .bytes(bytes)
                .send();
            assert_eq!(answer.status, 422, "{answer}");
        }
        // Packed bodies are not unpacked, whatever they would unpack to.
        for coding in ["gzip", "br", "deflate", "zstd"] {
            let answer = browser
                .request("POST".parse().unwrap(), "/v1/concerns")
                .header("content-type", "application/json")
                .header("content-encoding", coding)
                .idempotency_key(&testkit::fresh_key())
                .bytes(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xed, 0xc1])
                .send();
            assert!(matches!(answer.status, 415 | 422), "{coding}: {answer}");
        }
        works(&app);
    }

    fn a_body_too_large_is_refused_before_it_has_all_arrived(app: TestApp) {
        let browser = app.browser_of("Carys");
        let part = vec![b' '; 64 * 1024];
        let head = head(browser, "/v1/concerns", "content-length: 1099511627776\r\n");
        let mut parts: Vec<&[u8]> = vec![head.as_bytes()];
        parts.extend(vec![part.as_slice(); 64]);
        let answer = raw(&app, &parts);
        // Either it is told so, or the line is cut while it still sends; it does not wait for the terabyte.
        assert!(matches!(status(&answer), None | Some(413)), "{answer}");
        let head = self::head(browser, "/v1/concerns", "transfer-encoding: chunked\r\n");
        let mut chunk = format!("{:x}\r\n", part.len()).into_bytes();
        chunk.extend_from_slice(&part);
        chunk.extend_from_slice(b"\r\n");
        let mut parts: Vec<&[u8]> = vec![head.as_bytes()];
        parts.extend(vec![chunk.as_slice(); 64]);
        let answer = raw(&app, &parts);
        assert!(matches!(status(&answer), None | Some(413)), "{answer}");
        works(&app);
    }

    fn thousands_of_headers_and_endless_lines_end_the_connection_and_nothing_else(app: TestApp) {
        let many: String = (0..5_000).map(|number| format!("x-{number}: y\r\n")).collect();
        let long = format!("x: {}\r\n", "y".repeat(2 * 1024 * 1024));
        let cookie = format!("cookie: {}\r\n", "a=b; ".repeat(20_000));
        for headers in [many, long, cookie] {
            let answer = raw(&app, &[format!("GET /v1/health HTTP/1.1\r\nhost: a\r\n{headers}\r\n").as_bytes()]);
            assert!(status(&answer).is_none_or(|status| status < 500), "{answer}");
        }
        let answer = raw(&app, &[format!("GET /v1/{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(1_000_000)).as_bytes()]);
        assert!(status(&answer).is_none_or(|status| status < 500), "{answer}");
        works(&app);
    }

    fn what_is_not_http_is_not_answered_as_if_it_were(app: TestApp) {
        for nonsense in [
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
            b"GET /v1/health HTTP/9.9\r\n\r\n",
            b"GET /v1/health\r\n\r\n",
            b"get\0 /v1/health HTTP/1.1\r\n\r\n",
            b"GET /v1/health HTTP/1.1\r\nhost: a\r\nhost : b\r\n\r\n",
            b"POST /v1/session HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
            b"POST /v1/session HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
            b"POST /v1/session HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST /v1/session HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"\r\n\r\n\r\n\r\n",
        ] {
            let answer = raw(&app, &[nonsense]);
            let told = status(&answer);
            assert!(told.is_none_or(|status| (400..500).contains(&status)), "{nonsense:?}: {answer}");
        }
        works(&app);
    }

    fn bodies_that_trickle_in_keep_nobody_else_waiting(app: TestApp) {
        let browser = app.browser_of("Carys");
        let mut slow = Vec::new();
        for _ in 0..60 {
            let mut stream = TcpStream::connect(app.address().trim_start_matches("http://")).unwrap();
            let head = head(browser, "/v1/concerns", "content-length: 200000\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(b"{\"narrative\":\"").unwrap();
            slow.push(stream);
        }
        let begun = Instant::now();
        for _ in 0..10 {
            for stream in &mut slow {
                stream.write_all(b"x").unwrap();
            }
            works(&app);
        }
        // Ten recordings beside sixty open bodies: none of them waited for one.
        assert!(begun.elapsed() < Duration::from_secs(20));
        drop(slow);
        works(&app);
    }

    fn a_connection_is_asked_to_be_another_after_a_hundred_requests(app: TestApp) {
        let mut stream = TcpStream::connect(app.address().trim_start_matches("http://")).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let mut ask = || {
            stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
            one_answer(&mut answers)
        };
        for _ in 0..99 {
            let answer = ask();
            assert!(status(&answer) == Some(200) && !answer.contains("connection: close"), "{answer}");
        }
        let last = ask();
        assert!(status(&last) == Some(200) && last.contains("connection: close"), "{last}");
        assert_eq!(answers.read(&mut [0]).unwrap(), 0, "it goes on");
    }

    fn a_path_leads_nowhere_but_where_it_says(app: TestApp) {
        let lead = app.unlocked("Bashir");
        for path in [
            "/v1/../v1/me",
            "/v1/%2e%2e/me",
            "/v1//me",
            "/v1/me/",
            "/v1/me%00",
            "/v1/me;x=1",
            "//v1/me",
            "/V1/ME",
            "/v1/concerns/..%2f..%2fme",
            "/v1/concerns/%zz",
            "/v1/concerns/%ff%fe",
            "/v1/people?limit=50&limit=1",
            "/v1/people?limit=-1",
            "/v1/people?limit=99999999999",
            "/v1/people?after=%00",
            "/v1/people?=&&=",
            "/v1/people?unknown=1",
            "/v1/concerns?year=%00",
            "/v1/concerns?status=%00&status=new",
        ] {
            let answer = lead.get(path);
            assert!((400..500).contains(&answer.status), "{path}: {answer}");
            // What is not under /v1 is the pages', which the binary adds.
            if !path.starts_with("/v1/") {
                continue;
            }
            let problem: Value = answer.json();
            assert!(
                problem["type"].as_str().unwrap().starts_with("/problems/"),
                "{path}: {problem}"
            );
        }
        assert_eq!(lead.post("/v1/me", &json!({})).status, 405);
    }
}
