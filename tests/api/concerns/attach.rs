use testkit::{TestApp, Upload, at_once, both_databases, fresh_key};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";

fn file<'a>(name: &'a str, bytes: &'a [u8]) -> Upload<'a> {
    Upload {
        name,
        content_type: "application/octet-stream",
        bytes,
    }
}

both_databases! {
    fn a_file_comes_back_byte_for_byte_and_only_as_a_download(app: TestApp) {
        // More than one chunk, and the last one full.
        let mut bytes = PNG.to_vec();
        bytes.resize(2 * 64 * 1024, 7);
        let concern = app.concern().with_file("photo of the page.png", "image/png", &bytes).create();
        let bashir = app.unlocked("Bashir");
        let opened = bashir.get(&concern.path()).expect(200);
        assert_eq!(opened["files"][0]["name"], "photo of the page.png");
        assert_eq!(opened["files"][0]["content_type"], "image/png");
        assert_eq!(opened["files"][0]["size"], bytes.len());

        let path = format!("{}/attachments/{}", concern.path(), opened["files"][0]["id"].as_str().unwrap());
        let sent = bashir.get(&path);
        assert_eq!(sent.status, 200);
        assert!(sent.body == bytes);
        assert!(sent.header("content-disposition").unwrap().starts_with("attachment"));
        assert_eq!(sent.header("x-content-type-options"), Some("nosniff"));
        assert!(sent.header("content-security-policy").unwrap().contains("sandbox"));
        assert_eq!(app.browser_of("Carys").get(&path).status, 404);
    }

    fn a_file_that_lies_about_its_kind_is_refused(app: TestApp) {
        let concern = app.concern().create();
        let path = format!("{}/attachments", concern.path());
        let carys = app.browser_of("Carys");
        for (name, bytes, problem) in [
            ("invoice.pdf", PNG, "file-type-refused"),
            ("page.html", b"<!doctype html><script>".as_slice(), "file-type-refused"),
            ("archive.zip", b"PK\x03\x04\x14\0\0\0".as_slice(), "file-type-refused"),
            ("tool.exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0".as_slice(), "file-type-refused"),
            ("empty.png", b"".as_slice(), "invalid-input"),
        ] {
            let answer = carys.upload(&path, file(name, bytes), &[]);
            assert_eq!(answer.problem(), problem, "{name}");
            assert_eq!(answer.json()["errors"][0]["pointer"], "/file", "{name}");
        }
        let huge = vec![b'a'; 25 * 1024 * 1024 + 1];
        let answer = carys.upload(&path, file("long.txt", &huge), &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (413, "too-large"));
    }

    fn the_author_may_add_files_for_an_hour_and_nobody_else_at_all(app: TestApp) {
        let concern = app.concern().raised_by("Carys").create();
        let path = format!("{}/attachments", concern.path());
        assert_eq!(app.browser_of("Aled").upload(&path, file("a.png", PNG), &[]).status, 404);
        app.browser_of("Carys").upload(&path, file("a.png", PNG), &[]).expect(201);
        app.pass(61 * 60);
        app.browser_of("Carys").refresh();
        assert_ne!(app.browser_of("Carys").upload(&path, file("b.png", PNG), &[]).status, 201);
    }

    fn a_file_that_is_sent_again_under_its_key_is_there_once(app: TestApp) {
        let concern = app.concern().raised_by("Carys").create();
        let path = format!("{}/attachments", concern.path());
        let carys = app.browser_of("Carys");
        let key = fresh_key();
        let send = |bytes| carys.uploading(&path, file("a.png", bytes), &[]).idempotency_key(&key).send();
        let first = send(PNG).expect(201);
        let files = || app.unlocked("Bashir").get(&concern.path()).expect(200)["files"].clone();
        // The answer was lost: the browser sends it again.
        assert_eq!(send(PNG).expect(201), first);
        assert_eq!(send(PNG).expect(201), first);
        assert_eq!(files().as_array().map(Vec::len), Some(1));
        assert_eq!(files()[0]["id"], first["id"]);

        // Another file under that key is a mistake of the browser's, and the same file elsewhere another file.
        let mut other = PNG.to_vec();
        other.push(7);
        assert_eq!(send(&other).problem(), "idempotency-key-reused");
        let elsewhere = app.concern().raised_by("Carys").create();
        let path = format!("{}/attachments", elsewhere.path());
        let again = carys.uploading(&path, file("a.png", PNG), &[]).idempotency_key(&key).send();
        assert_eq!(again.problem(), "idempotency-key-reused");
        // A colleague's key is another key, whatever it says.
        let aled = app.concern().raised_by("Aled").create();
        let path = format!("{}/attachments", aled.path());
        let browser = app.browser_of("Aled");
        browser.uploading(&path, file("a.png", PNG), &[]).idempotency_key(&key).send().expect(201);
        assert_eq!(files().as_array().map(Vec::len), Some(1));
    }

    fn a_file_that_was_kept_is_said_to_be_when_it_is_sent_again_too_late(app: TestApp) {
        let concern = app.concern().raised_by("Carys").create();
        let path = format!("{}/attachments", concern.path());
        let carys = app.browser_of("Carys");
        let send = |key: &str| carys.uploading(&path, file("a.png", PNG), &[]).idempotency_key(key).send();
        let key = fresh_key();
        let first = send(&key).expect(201);
        // The phone was out of reach for a morning.
        app.pass(50 * 60);
        carys.refresh().expect(200);
        carys.get("/v1/me").expect(200);
        app.pass(50 * 60);
        carys.refresh().expect(200);
        assert_eq!(send(&key).expect(201), first);
        assert_eq!(send(&fresh_key()).status, 404, "a new one comes too late");
    }

    fn a_file_without_a_key_is_not_taken(app: TestApp) {
        let concern = app.concern().raised_by("Carys").create();
        let path = format!("{}/attachments", concern.path());
        let carys = app.browser_of("Carys");
        for key in ["", "tomorrow"] {
            let answer = carys.uploading(&path, file("a.png", PNG), &[]).idempotency_key(key).send();
            assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid-input"), "{key}");
        }
        let none = carys.uploading(&path, file("a.png", PNG), &[]).without_key().send();
        assert_eq!((none.status, none.problem().as_str()), (422, "invalid-input"));
        assert_eq!(app.unlocked("Bashir").get(&concern.path()).expect(200)["files"], serde_json::json!([]));
    }

    fn a_concern_holds_ten_files(app: TestApp) {
        let concern = app.concern().create();
        let path = format!("{}/attachments", concern.path());
        let carys = app.browser_of("Carys");
        for _ in 0..10 {
            carys.upload(&path, file("a.png", PNG), &[]).expect(201);
        }
        let answer = carys.upload(&path, file("a.png", PNG), &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (409, "too-many-files"));
    }

    fn a_concern_holds_ten_files_however_many_are_sent_at_the_same_moment(app: TestApp) {
        let carys = app.browser_of("Carys");
        for _ in 0..4 {
            let concern = app.concern().create();
            let path = format!("{}/attachments", concern.path());
            for _ in 0..9 {
                carys.upload(&path, file("a.png", PNG), &[]).expect(201);
            }
            let answers = at_once(8, |_| carys.upload(&path, file("b.png", PNG), &[]));
            let kept = answers.iter().filter(|answer| answer.status == 201).count();
            assert_eq!(kept, 1);
            for refused in answers.iter().filter(|answer| answer.status != 201) {
                assert_eq!(refused.problem(), "too-many-files");
            }
            let files = app.unlocked("Bashir").get(&concern.path()).expect(200)["files"].clone();
            assert_eq!(files.as_array().map(Vec::len), Some(10));
        }
    }
}
