//! Pictures are made here, so that no test needs a file.

mod hidden;
mod kept;
mod nasty;
mod small;

use image::{
    DynamicImage, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::jpeg::JpegEncoder,
};

use super::{Kind, Rejected, Tidied, tidy};

const KINDS: [Kind; 4] = Kind::ALL;

const RED: [u8; 3] = [220, 20, 20];
const GREEN: [u8; 3] = [20, 200, 20];
const BLUE: [u8; 3] = [20, 20, 220];

/// Red on the left third, green in the middle, blue on the right.
fn stripes(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        Rgb(match x * 3 / width {
            0 => RED,
            1 => GREEN,
            _ => BLUE,
        })
    })
}

fn bytes_of(picture: impl Into<DynamicImage>, kind: Kind) -> Vec<u8> {
    let picture = picture.into();
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Gif => ImageFormat::Gif,
        Kind::WebP => return super::write::webp(&picture, 90.0).unwrap(),
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A chunk of a PNG.
fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length, name.as_slice(), data, &crc.sum().to_be_bytes()].concat()
}

/// A PNG of 8-bit grey pixels that are all black, packed as small as can be.
fn black_png(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes(), height.to_be_bytes().as_slice(), &[8, 0, 0, 0, 0]].concat();
    // A line that refers to no other is packed once, and stands there for each.
    let line = vec![0; usize::try_from(width).unwrap() + 1];
    let mut packed_line = Vec::with_capacity(line.len() + 100);
    let mut packer = flate2::Compress::new(flate2::Compression::best(), false);
    packer.compress_vec(&line, &mut packed_line, flate2::FlushCompress::Full).unwrap();
    let mut packed = b"\x78\xDA".to_vec();
    packed.extend(packed_line.repeat(height.try_into().unwrap()));
    packed.extend([3, 0]);
    // The Adler-32 of nothing but zeros.
    let sum = u64::from(width + 1) * u64::from(height) % 65_521 * 65_536 + 1;
    packed.extend(u32::try_from(sum).unwrap().to_be_bytes());
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", &packed), chunk(b"IEND", b"")].concat();
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunks].concat()
}

/// The TIFF of an EXIF block: this orientation, and where it was taken.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\x00\x2A\x00\x00\x00\x08\x00\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    // The GPS block stands behind: "N", 47 degrees.
    exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    exif.extend(
        b"\x00\x01\x00\x01\x00\x02\x00\x00\x00\x02N\x00\x00\x00\x00\x00\x00\x00GPS-47.3769N",
    );
    exif
}

/// A JPEG with a segment behind its first two bytes.
fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, data, &jpeg[2..]].concat()
}

/// A GIF of one-coloured frames of a hundredth more delay each.
fn moving(width: u16, height: u16, frames: u8, repeat: gif::Repeat) -> Vec<u8> {
    let palette = [RED, GREEN, BLUE, [0, 0, 0]].concat();
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, &palette).unwrap();
    encoder.set_repeat(repeat).unwrap();
    for place in 0..frames {
        let pixels = vec![place % 3; usize::from(width) * usize::from(height)];
        let mut frame = gif::Frame::from_indexed_pixels(width, height, pixels, Some(3));
        frame.delay = 10 + u16::from(place);
        frame.dispose = gif::DisposalMethod::Background;
        encoder.write_frame(&frame).unwrap();
    }
    encoder.into_inner().unwrap()
}

fn open(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

/// Whether a pixel is about this colour.
#[track_caller]
fn assert_color(picture: &DynamicImage, x: u32, y: u32, color: [u8; 3]) {
    let Rgba([r, g, b, _]) = *picture.to_rgba8().get_pixel(x, y);
    let near = [r, g, b].iter().zip(color).all(|(is, should)| is.abs_diff(should) < 40);
    assert!(near, "{r} {g} {b} at {x} {y}, not {color:?}");
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn tidied(bytes: &[u8], kind: Kind) -> Tidied {
    tidy(bytes, kind).unwrap()
}

#[track_caller]
fn rejected(bytes: &[u8], kind: Kind) -> Rejected {
    tidy(bytes, kind).map(|tidied| (tidied.width, tidied.height)).unwrap_err()
}

fn half_clear(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, _| {
        Rgba([RED[0], RED[1], RED[2], if x < width / 2 { 0 } else { 255 }])
    })
}

/// A JPEG in which the colours have this profile.
fn with_profile(picture: &RgbImage, profile: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_icc_profile(profile).unwrap();
    let (width, height) = picture.dimensions();
    encoder.write_image(picture, width, height, image::ExtendedColorType::Rgb8).unwrap();
    bytes
}
