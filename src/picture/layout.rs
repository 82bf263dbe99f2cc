//! Where everything in a drawing stands: modules are bands one below the other, and a thing stands
//! the further right the more edges lead to it from the internet or from things that nobody calls.
use super::{INTERNET, Picture, Tile};
use std::collections::{BTreeMap, BTreeSet};

/// The least width, and the height, of a thing.
pub(super) const TILE: (i32, i32) = (190, 44);
/// What a letter of a name takes, and what is left free beside the longest name.
const LETTER: (i32, i32) = (8, 20);
/// What is left free between two columns, and between two rows.
const GAP: (i32, i32) = (130, 16);
/// The width of the internet.
const OUTSIDE: i32 = 80;
/// What is left free around a band, with room for its name above.
const MARGIN: i32 = 20;
/// The height of the name of a band.
const HEADING: i32 = 26;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A drawing before it is drawn.
#[derive(Debug)]
pub(super) struct Layout<'p> {
    pub(super) size: (i32, i32),
    pub(super) bands: Vec<(&'p str, Area)>,
    pub(super) tiles: Vec<(&'p Tile, Area)>,
    /// The area of every thing, by its identifier.
    pub(super) areas: BTreeMap<&'p str, Area>,
    /// The internet where requests come from, and where they go to.
    pub(super) internet: [Area; 2],
}

/// Finds a place for everything.
pub(super) fn layout(picture: &Picture) -> Layout<'_> {
    let columns = columns(picture);
    let last = columns.values().copied().max().unwrap_or_default();
    let left = OUTSIDE + 3 * MARGIN;
    let width = width(picture);
    let right = left + last * (width + GAP.0) + width + MARGIN;
    let (mut bands, mut tiles, mut areas) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut y = MARGIN;
    for group in &picture.groups {
        let mut rows: BTreeMap<i32, i32> = BTreeMap::new();
        for tile in &group.boxes {
            let column = columns.get(tile.id.as_str()).copied().unwrap_or_default();
            let row = rows.entry(column).or_default();
            let area = Area {
                x: left + column * (width + GAP.0),
                y: y + HEADING + *row * (TILE.1 + GAP.1),
                width,
                height: TILE.1,
            };
            *row += 1;
            tiles.push((tile, area));
            areas.insert(tile.id.as_str(), area);
        }
        let rows = rows.values().copied().max().unwrap_or_default();
        let height = HEADING + rows * (TILE.1 + GAP.1);
        let band = Area { x: left - MARGIN, y, width: right - left + MARGIN, height };
        bands.push((group.module.as_str(), band));
        y += height + MARGIN;
    }
    let outside = |x| Area { x, y: MARGIN + HEADING, width: OUTSIDE, height: TILE.1 };
    let internet = [outside(MARGIN), outside(right + 2 * MARGIN)];
    let size = (right + OUTSIDE + 3 * MARGIN, y);
    Layout { size, bands, tiles, areas, internet }
}

/// The width of all things, so that the longest name fits.
fn width(picture: &Picture) -> i32 {
    let tiles = picture.groups.iter().flat_map(|group| &group.boxes);
    let longest = tiles.map(|tile| tile.name.len()).max().unwrap_or_default();
    TILE.0.max(i32::try_from(longest).unwrap_or_default() * LETTER.0 + LETTER.1)
}

/// The column of each thing: one more than that of the furthest one that leads to it. Edges that
/// close a circle are left out.
fn columns(picture: &Picture) -> BTreeMap<&str, i32> {
    let mut columns = BTreeMap::new();
    for tile in picture.groups.iter().flat_map(|group| &group.boxes) {
        depth(&tile.id, picture, &mut BTreeSet::new(), &mut columns);
    }
    columns
}

fn depth<'p>(
    id: &'p str,
    picture: &'p Picture,
    above: &mut BTreeSet<&'p str>,
    columns: &mut BTreeMap<&'p str, i32>,
) -> i32 {
    if let Some(known) = columns.get(id) {
        return *known;
    }
    above.insert(id);
    let mut deepest = 0;
    for arrow in picture.arrows.iter().filter(|arrow| arrow.to == id) {
        let from = arrow.from.as_str();
        if from != INTERNET && !above.contains(from) {
            deepest = deepest.max(1 + depth(from, picture, above, columns));
        }
    }
    above.remove(id);
    columns.insert(id, deepest);
    deepest
}
