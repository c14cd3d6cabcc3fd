//! A picture of a square in the place of a camera: chosen as a file, or pasted.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;
#[expect(dead_code, reason = "each test file uses its own part")]
mod phone;

use std::cell::RefCell;
use std::io::Cursor;
use std::path::PathBuf;
use std::rc::Rc;

use common::Window;
use dioxus::prelude::*;
use dioxus_core::VirtualDom;
use image::{GrayImage, ImageFormat, Luma};
use mobile::{App, Asked, Device, Picture, Pictures};
use phone::school::{School, member};
use phone::{Phone, choose_pin, give_what_is_shown, set_up_in_app};
use protocol::links::Purpose;
use qrcodegen::{QrCode, QrCodeEcc};

/// What the person chooses or has copied next.
type Given = Rc<RefCell<Option<Picture>>>;

#[component]
fn root() -> Element {
    let device = use_context::<Device>();
    rsx! { App { device } }
}

/// The app on a computer, and the hand that gives it pictures.
fn on_a_computer(phone: &Phone) -> (Window, Given) {
    let given = Given::default();
    let way = |given: &Given| {
        let given = Rc::clone(given);
        Rc::new(move || -> Asked {
            let picture = given.take();
            Box::pin(async move { picture })
        })
    };
    let pictures = Pictures {
        choose: way(&given),
        paste: Some(way(&given)),
    };
    let dom = VirtualDom::new(root)
        .with_root_context(phone.device.clone())
        .with_root_context(pictures);
    (Window::open(dom), given)
}

fn choose(window: &mut Window, given: &Given, picture: Picture) {
    given.replace(Some(picture));
    window.press("choose-picture");
    window.settle();
}

/// A picture with this square in it, so many dots a module, on white.
fn screenshot(text: &str, scale: u32) -> GrayImage {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).unwrap();
    let modules = u32::try_from(code.size()).unwrap();
    GrayImage::from_fn((modules + 60) * scale, (modules + 20) * scale, |x, y| {
        let at = |length: u32| i32::try_from(length / scale).unwrap() - 10;
        Luma([if code.get_module(at(x), at(y)) {
            0
        } else {
            255
        }])
    })
}

/// The same as a phone photographs it: turned a little, unevenly lit, with noise.
fn photograph(text: &str) -> GrayImage {
    let flat = screenshot(text, 6);
    let (width, height) = (1_200u32, 1_000u32);
    let (sin, cos) = 0.12f32.sin_cos();
    let mut chance = 12_345u32;
    GrayImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 - 600.0, y as f32 - 500.0);
        let from_x = across * cos - down * sin + flat.width() as f32 / 2.0;
        let from_y = across * sin + down * cos + flat.height() as f32 / 2.0;
        let inside = from_x >= 0.0 && from_y >= 0.0;
        let dot = flat.get_pixel_checked(from_x.max(0.0) as u32, from_y.max(0.0) as u32);
        let shade = dot.filter(|_| inside).map_or(120, |dot| dot.0[0]);
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let light = 0.45 + 0.4 * x as f32 / width as f32;
        let noise = f32::from((chance >> 24) as u8) / 16.0;
        Luma([(f32::from(shade) * light + 20.0 + noise).clamp(0.0, 255.0) as u8])
    })
}

fn as_file(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn copied(picture: &GrayImage) -> Picture {
    Picture::Copied(as_file(picture, ImageFormat::Png))
}

fn saved(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_screenshot_or_a_photograph_of_the_square_begins_an_enrolment() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let link = phone.school().link(Purpose::Enrol(member(2)));
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "screen.png",
            as_file(&screenshot(&link, 4), ImageFormat::Png),
        ),
        ("photo.jpg", as_file(&photograph(&link), ImageFormat::Jpeg)),
    ];
    for (name, bytes) in files {
        let new = phone.another();
        let (mut window, given) = on_a_computer(&new);
        choose(
            &mut window,
            &given,
            Picture::File(saved(&folder, name, &bytes)),
        );
        assert!(window.says("Choose a PIN"), "{name}: {}", window.html());
    }
    // And what was copied does, all the way.
    let new = phone.another();
    let (mut window, given) = on_a_computer(&new);
    given.replace(Some(copied(&screenshot(&link, 3))));
    window.press("paste-picture");
    window.settle();
    choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
}

#[test]
fn a_square_of_a_few_dots_a_module_is_read() {
    let phone = Phone::new(School::new());
    let link = phone.school().link(Purpose::Setup);
    let large = screenshot(&link, 10);
    for side in [2.6, 3.3, 4.2] {
        let part = |length: u32| (length as f32 * side / 10.0) as u32;
        let (width, height) = (part(large.width()), part(large.height()));
        let nearest = image::imageops::FilterType::Nearest;
        let small = image::imageops::resize(&large, width, height, nearest);
        let (mut window, given) = on_a_computer(&phone);
        choose(&mut window, &given, copied(&small));
        assert!(window.says("Choose a PIN"), "{side}: {}", window.html());
    }
}

#[test]
fn the_square_of_another_screen_is_given_a_key() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let other = phone.another();
    let mut waiting = phone::enrol_in_app(&other, Purpose::Enrol(member(2)));
    let shown = phone::link_on(&waiting);

    let (mut window, given) = on_a_computer(&phone);
    window.press("go-grant");
    let link = phone.school().link(Purpose::Enrol(member(2)));
    choose(&mut window, &given, copied(&screenshot(&link, 4)));
    assert!(
        window.says("not the one that is asked for here"),
        "{}",
        window.html()
    );
    choose(&mut window, &given, copied(&screenshot(&shown, 4)));
    assert!(window.says("A key for Ben Ali"), "{}", window.html());
    give_what_is_shown(&mut window, &mut waiting);
}

#[test]
fn somebody_elses_square_is_no_link_and_does_not_hide_ours() {
    let phone = Phone::new(School::new());
    let (mut window, given) = on_a_computer(&phone);
    let foreign = screenshot("https://lunch.example/menu", 5);
    choose(&mut window, &given, copied(&foreign));
    assert!(
        window.says("not the one that is asked for here"),
        "{}",
        window.html()
    );
    assert!(phone.school().calls.borrow().is_empty(), "nobody was asked");

    let link = phone.school().link(Purpose::Setup);
    let ours = screenshot(&link, 5);
    let mut both = GrayImage::from_pixel(
        ours.width() + foreign.width(),
        ours.height().max(foreign.height()),
        Luma([255]),
    );
    image::imageops::replace(&mut both, &foreign, 0, 0);
    image::imageops::replace(&mut both, &ours, i64::from(foreign.width()), 0);
    choose(&mut window, &given, copied(&both));
    assert!(window.says("Choose a PIN"), "{}", window.html());
}

#[test]
fn a_square_whose_time_is_over_is_said_to_be_and_another_can_be_used() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let stale = phone.school().link(Purpose::Enrol(member(2)));
    phone.school().end_links();
    let new = phone.another();
    let (mut window, given) = on_a_computer(&new);
    choose(&mut window, &given, copied(&screenshot(&stale, 4)));
    choose_pin(&mut window);
    assert!(
        window.says("has been used, or its time is over") && window.says("Link from the page"),
        "{}",
        window.html()
    );
    let fresh = phone.school().link(Purpose::Enrol(member(2)));
    choose(&mut window, &given, copied(&screenshot(&fresh, 4)));
    choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
}

#[test]
fn a_setup_link_whose_time_is_over_asks_for_another() {
    let phone = Phone::new(School::new());
    let stale = phone.school().link(Purpose::Setup);
    phone.school().end_links();
    let mut window = phone.open();
    window.fill("link", &stale);
    window.press("continue");
    choose_pin(&mut window);
    assert!(
        window.says("has been used, or its time is over") && window.says("Link from the page"),
        "{}",
        window.html()
    );
}

/// The checksum that a PNG has after each of its parts.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| match sum & 1 {
            1 => (sum >> 1) ^ 0xedb8_8320,
            _ => sum >> 1,
        })
    })
}

/// A picture of a few bytes that says that it has so many dots on each side.
fn says_it_is(side: u32) -> Vec<u8> {
    let mut bytes = as_file(&GrayImage::new(8, 8), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn whatever_else_is_chosen_is_said_to_be_what_it_is() {
    let phone = Phone::new(School::new());
    let folder = tempfile::tempdir().unwrap();
    let (mut window, given) = on_a_computer(&phone);
    let link = phone.school().link(Purpose::Setup);
    let whole = as_file(&screenshot(&link, 4), ImageFormat::Png);
    let half = &whole[..whole.len() / 2];
    let blank = as_file(
        &GrayImage::from_pixel(640, 480, Luma([255])),
        ImageFormat::Png,
    );
    let blurred = image::imageops::blur(&screenshot(&link, 4), 9.0);
    // More than a file may have; nothing of it is looked at.
    let huge_file = vec![0xffu8; 25 * 1024 * 1024];
    let no_picture = "not a picture";
    let too_large = "too large";
    let cases: [(&str, Vec<u8>, &str); 11] = [
        ("letter.txt", b"Dear head teacher".to_vec(), no_picture),
        ("empty.png", Vec::new(), no_picture),
        (
            "moving.gif",
            b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(),
            no_picture,
        ),
        ("half.png", half.to_vec(), no_picture),
        (
            "junk.jpg",
            [b"\xff\xd8\xff\xe0".as_slice(), &[7; 300]].concat(),
            no_picture,
        ),
        ("blank.png", blank, "no square in that picture"),
        (
            "blurred.png",
            as_file(&blurred, ImageFormat::Png),
            "no square in that picture",
        ),
        ("wide.png", says_it_is(5_001), too_large),
        ("bomb.png", says_it_is(60_000), too_large),
        ("endless.png", says_it_is(0x7fff_ffff), too_large),
        ("film.png", huge_file, too_large),
    ];
    for (name, bytes, said) in cases {
        choose(
            &mut window,
            &given,
            Picture::File(saved(&folder, name, &bytes)),
        );
        assert!(window.says(said), "{name}: {}", window.html());
    }
    choose(
        &mut window,
        &given,
        Picture::File(folder.path().join("gone.png")),
    );
    assert!(window.says("could not be read"), "{}", window.html());
    given.replace(Some(Picture::Copied(Vec::new())));
    window.press("paste-picture");
    window.settle();
    assert!(window.says("No picture was copied"), "{}", window.html());
    // Whoever closes the window for files has said nothing.
    window.press("choose-picture");
    window.settle();
    assert!(window.says("No picture was copied"));
    assert!(phone.school().calls.borrow().is_empty(), "nobody was asked");
}

#[test]
fn a_phone_whose_camera_opens_links_offers_no_pictures() {
    let phone = Phone::new(School::new());
    let window = phone.open();
    assert!(!window.is_enabled("choose-picture"));
    assert!(!window.says("picture"), "{}", window.html());
    assert!(window.says("Link from the page"));
}
