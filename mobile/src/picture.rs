//! The squares in a picture: a screenshot or a photograph of another screen, from a file or from what was copied.
//!
//! A picture may be anybody's, so it is small before it is anything: how many bytes, which of two formats, and
//! how many dots it says that it has, are looked at before a dot is decoded. What its squares say is text that
//! whoever asked for it judges.

use std::cmp::Ordering;
use std::fmt;
use std::fs::File;
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use authenticator::Trouble;
use image::imageops::{self, FilterType};
use image::{
    DynamicImage, GrayImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits,
};

/// The largest file: a photograph of a large phone has 12 MB.
pub(crate) const MOST_BYTES: u64 = 24 * 1024 * 1024;
/// The most dots: a phone's photograph has 12 million, or 24.
const MOST_DOTS: u64 = 25_000_000;
/// The most memory that decoding may take.
const MOST_MEMORY: u64 = 160 * 1024 * 1024;
/// The longer side at which squares are looked for first: what a large picture has more is noise.
const ORDINARY: u32 = 1_400;
/// And then, for one that is small in a large photograph.
const DETAILED: u32 = 3_200;
/// Up to this one a picture is looked at enlarged too: a window's screenshot has few dots a module.
const SMALL: u32 = 1_200;

/// Where a picture comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum Picture {
    /// A file that a person chose.
    File(PathBuf),
    /// What they have copied.
    Copied(Vec<u8>),
}

impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(_) => formatter.write_str("File"),
            Self::Copied(bytes) => write!(formatter, "Copied({} bytes)", bytes.len()),
        }
    }
}

/// What the squares in a picture say; at least one.
pub(crate) fn squares(picture: Picture) -> Result<Vec<String>, Trouble> {
    let bytes = match picture {
        Picture::Copied(bytes) if bytes.is_empty() => return Err(Trouble::NothingCopied),
        Picture::Copied(bytes) => bytes,
        Picture::File(path) => {
            let mut bytes = Vec::new();
            File::open(path)
                .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
                .map_err(|_| Trouble::UnreadableFile)?;
            bytes
        }
    };
    if u64::try_from(bytes.len()).map_or(true, |length| length > MOST_BYTES) {
        return Err(Trouble::LargePicture);
    }
    // Neither decoder may take the app with it, whatever somebody has put into a picture.
    let texts = catch_unwind(AssertUnwindSafe(|| decode(bytes).map(|dots| read(&dots))))
        .unwrap_or(Err(Trouble::NoPicture))?;
    match texts.is_empty() {
        true => Err(Trouble::NoSquare),
        false => Ok(texts),
    }
}

fn decode(bytes: Vec<u8>) -> Result<GrayImage, Trouble> {
    let format = image::guess_format(&bytes).map_err(|_| Trouble::NoPicture)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
        return Err(Trouble::NoPicture);
    }
    if format == ImageFormat::Png && stated_dots(&bytes).is_some_and(|dots| dots > MOST_DOTS) {
        return Err(Trouble::LargePicture);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(not_decoded)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_DOTS || decoder.total_bytes() > MOST_MEMORY {
        return Err(Trouble::LargePicture);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(not_decoded)?;
    Ok(on_white(picture))
}

/// How many dots the first part of a PNG says that there are: a decoder makes no picture of absurd ones, and
/// would only say that it is none.
fn stated_dots(bytes: &[u8]) -> Option<u64> {
    let side = |at: usize| {
        let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_be_bytes(bytes)))
    };
    Some(side(16)?.saturating_mul(side(20)?))
}

fn not_decoded(error: ImageError) -> Trouble {
    match error {
        ImageError::Limits(_) => Trouble::LargePicture,
        _ => Trouble::NoPicture,
    }
}

/// In shades of grey, with nothing to see through: a square without a ground would be black on black.
fn on_white(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let mut ground = GrayImage::new(picture.width(), picture.height());
    for (dot, seen) in ground.pixels_mut().zip(picture.into_luma_alpha8().pixels()) {
        let [shade, cover] = seen.0.map(u32::from);
        let shade = (shade * cover + 255 * (255 - cover)) / 255;
        dot.0 = [u8::try_from(shade).unwrap_or(u8::MAX)];
    }
    ground
}

/// What the squares say, at the first size at which one can be read.
fn read(dots: &GrayImage) -> Vec<String> {
    let longest = dots.width().max(dots.height()).max(1);
    let mut tried = 0;
    for side in sides(longest) {
        if side == tried {
            continue;
        }
        tried = side;
        let of = |length: u32| {
            let scaled = u64::from(length) * u64::from(side) / u64::from(longest);
            u32::try_from(scaled).unwrap_or(side).max(1)
        };
        let (width, height) = (of(dots.width()), of(dots.height()));
        let texts = match side.cmp(&longest) {
            Ordering::Equal => read_at(dots),
            Ordering::Less => read_at(&imageops::thumbnail(dots, width, height)),
            // The dots of a small one are too few for the lines that are laid through them.
            Ordering::Greater => {
                read_at(&imageops::resize(dots, width, height, FilterType::Triangle))
            }
        };
        if !texts.is_empty() {
            return texts;
        }
    }
    Vec::new()
}

/// The longer sides at which squares are looked for in a picture of this one.
fn sides(longest: u32) -> [u32; 4] {
    let larger = |times: u32| match longest * times {
        side if longest <= SMALL => side,
        _ => longest.min(DETAILED),
    };
    [
        longest.min(ORDINARY),
        longest.min(DETAILED),
        larger(2),
        larger(3),
    ]
}

fn read_at(dots: &GrayImage) -> Vec<String> {
    let side = |length: u32| usize::try_from(length).unwrap_or_default();
    let (width, height) = (side(dots.width()), side(dots.height()));
    let shades = dots.as_raw();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        shades.get(y * width + x).copied().unwrap_or(u8::MAX)
    });
    let grids = prepared.detect_grids();
    let texts = grids.iter().filter_map(|grid| grid.decode().ok());
    texts.map(|(_, text)| text).collect()
}
