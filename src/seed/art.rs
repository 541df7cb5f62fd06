//! Pictures that nobody took: soft discs on a slope of two colours, the same for the same number.

use std::io::Cursor;

use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};

use super::dice::Dice;

/// Discs of a picture.
const DISCS: usize = 7;
/// Colours that go well with each other, in groups of four: two of the ground, two of what lies on it.
const PALETTES: &[[[f32; 3]; 4]] = &[
    [[38.0, 70.0, 83.0], [42.0, 157.0, 143.0], [233.0, 196.0, 106.0], [231.0, 111.0, 81.0]],
    [[29.0, 53.0, 87.0], [69.0, 123.0, 157.0], [168.0, 218.0, 220.0], [230.0, 57.0, 70.0]],
    [[61.0, 64.0, 91.0], [129.0, 178.0, 154.0], [244.0, 241.0, 222.0], [224.0, 122.0, 95.0]],
    [[53.0, 33.0, 80.0], [120.0, 81.0, 169.0], [247.0, 197.0, 204.0], [255.0, 159.0, 28.0]],
    [[20.0, 54.0, 66.0], [15.0, 139.0, 141.0], [236.0, 154.0, 41.0], [168.0, 32.0, 26.0]],
    [[47.0, 62.0, 70.0], [82.0, 121.0, 111.0], [202.0, 210.0, 197.0], [219.0, 168.0, 88.0]],
];

/// A disc, in parts of the picture's height.
struct Disc {
    x: f32,
    y: f32,
    radius: f32,
    strength: f32,
    colour: [f32; 3],
}

/// Draws a picture as PNG; at most 4,096 pixels a side.
pub(super) fn picture(number: u64, width: u16, height: u16) -> Result<Vec<u8>> {
    let mut dice = Dice::new(number);
    let palette = dice.pick(PALETTES).copied().unwrap_or_default();
    let [low, high, ..] = palette;
    let wide = f32::from(width) / f32::from(height);
    let discs: Vec<Disc> = (0..DISCS).map(|_| disc(&mut dice, &palette, wide)).collect();
    let mut drawn = RgbImage::new(width.into(), height.into());
    for (row, y) in drawn.rows_mut().zip(0_u16..) {
        for (pixel, x) in row.zip(0_u16..) {
            let (x, y) = (f32::from(x) / f32::from(height), f32::from(y) / f32::from(height));
            let ground = mix(low, high, (x / wide + y) / 2.0);
            *pixel = rgb(discs.iter().fold(ground, |below, disc| disc.over(below, x, y)));
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    drawn.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn disc(dice: &mut Dice, palette: &[[f32; 3]; 4], wide: f32) -> Disc {
    let mut part = || f32::from(u16::try_from(dice.below(1_000)).unwrap_or_default()) / 1_000.0;
    let (x, y, radius, strength) =
        (part() * wide, part(), 0.08 + part() * 0.35, 0.35 + part() * 0.5);
    let [_, _, one, other] = *palette;
    Disc { x, y, radius, strength, colour: if dice.chance(50) { one } else { other } }
}

impl Disc {
    /// The colour at a point, where `below` lies under the disc.
    fn over(&self, below: [f32; 3], x: f32, y: f32) -> [f32; 3] {
        let distance = (self.x - x).hypot(self.y - y);
        let inside = ((self.radius - distance) * 160.0).clamp(0.0, 1.0);
        mix(below, self.colour, inside * self.strength)
    }
}

fn mix(from: [f32; 3], to: [f32; 3], part: f32) -> [f32; 3] {
    let [r, g, b] = from;
    let [to_r, to_g, to_b] = to;
    [r + (to_r - r) * part, g + (to_g - g) * part, b + (to_b - b) * part]
}

fn rgb(colour: [f32; 3]) -> Rgb<u8> {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "floats have no other way to bytes, and this one stays within them"
    )]
    Rgb(colour.map(|part| part.clamp(0.0, 255.0).round() as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_picture() {
        let one = picture(7, 60, 40).unwrap();
        assert_eq!(one, picture(7, 60, 40).unwrap());
        assert_ne!(one, picture(8, 60, 40).unwrap());
        let read = image::load_from_memory(&one).unwrap();
        assert_eq!((read.width(), read.height()), (60, 40));
    }
}
