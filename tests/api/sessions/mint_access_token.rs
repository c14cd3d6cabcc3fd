use testkit::{TestApp, both_databases};
use ureq::http::Method;

both_databases! {
    fn a_token_lasts_five_minutes_and_the_cookie_mints_another(app: TestApp) {
        let carys = app.browser_of("Carys");
        app.clock.advance_seconds(306);
        assert_eq!(carys.get("/v1/me").problem(), "token-expired");
        carys.refresh().expect(200);
        carys.get("/v1/me").expect(200);
    }

    fn token_and_cookie_are_both_needed(app: TestApp) {
        let carys = app.browser_of("Carys");
        let without_token = carys.request(Method::GET, "/v1/me").without_token().send();
        let without_cookie = carys.request(Method::GET, "/v1/me").without_cookies().send();
        assert_eq!(without_token.problem(), "sign-in-required");
        assert_eq!(without_cookie.problem(), "sign-in-required");
        // A token is no good beside another person's cookie.
        let aled = app.browser_of("Aled");
        let mixed = aled.copy();
        mixed.set_token(carys.token().as_deref());
        assert_eq!(mixed.get("/v1/me").problem(), "sign-in-required");
    }

    fn a_session_ends_an_hour_after_its_last_use_though_its_page_goes_on_asking(app: TestApp) {
        let carys = app.browser_of("Carys");
        for _ in 0..14 {
            app.clock.advance_seconds(240);
            carys.refresh().expect(200);
            carys.by_itself("/v1/me").expect(200);
        }
        app.clock.advance_seconds(240);
        assert_eq!(carys.refresh().problem(), "sign-in-required");
    }

    fn a_session_in_use_ends_after_twelve_hours(app: TestApp) {
        let carys = app.browser_of("Carys");
        for _ in 0..23 {
            app.clock.advance_seconds(30 * 60);
            carys.refresh().expect(200);
            carys.get("/v1/me").expect(200);
        }
        app.clock.advance_seconds(30 * 60);
        assert_eq!(carys.refresh().problem(), "sign-in-required");
    }
}
