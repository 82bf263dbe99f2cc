//! Writes a zip archive whose bytes depend on names and contents alone: names sorted, one fixed time,
//! one fixed mode, no extra fields, and a compressor whose version is pinned.
//!
//! The format: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
use miniz_oxide::deflate::compress_to_vec;
use std::collections::BTreeMap;

/// The level of compression. The one that zip programs take, 6, makes a bundle of JavaScript a sixth
/// smaller and takes ten times as long, which would be half of a whole render.
const LEVEL: u8 = 1;
/// The version of the format that is needed to read it, and that it was written by: 2.0.
const VERSION: u16 = 20;
/// The system that wrote it, whose modes stand in the archive: Unix.
const UNIX: u16 = 3 << 8;
/// The flag that says that a name is UTF-8.
const UTF_8: u16 = 1 << 11;
/// 1 January 1980, the first day that the format knows; the time is midnight.
const DATE: u16 = (1 << 5) | 1;
/// A plain file that everybody may read and execute. Lambda asks for the one and for `bootstrap` for
/// the other (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html>), and
/// not every system that platgen runs on has modes.
const MODE: u32 = 0o100_755 << 16;
/// The most files in an archive without the extensions for large ones.
pub(super) const MOST_FILES: usize = 65_535;

/// A file as it stands in the archive.
struct Entry<'a> {
    name: &'a str,
    /// 8 is deflated, 0 is stored.
    method: u16,
    checksum: u32,
    packed: Vec<u8>,
    size: u32,
}

/// An archive of these files: at most [`MOST_FILES`], together of fewer bytes than 32 bits count.
pub(super) fn archive(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let entry = Entry::of(name, content);
        let offset = number(archive.len());
        entry.write_local(&mut archive);
        entry.write_central(offset, &mut directory);
    }
    let (offset, size) = (number(archive.len()), number(directory.len()));
    let count = short(files.len());
    archive.append(&mut directory);
    put(&mut archive, &[0x0605_4b50]);
    // This disk, the disk of the directory, and the files on this disk and on all.
    put_short(&mut archive, &[0, 0, count, count]);
    put(&mut archive, &[size, offset]);
    put_short(&mut archive, &[0]);
    archive
}

impl<'a> Entry<'a> {
    /// Packs a file; what does not get smaller is stored as it is.
    fn of(name: &'a str, content: &[u8]) -> Self {
        let deflated = compress_to_vec(content, LEVEL);
        let (method, packed) =
            if deflated.len() < content.len() { (8, deflated) } else { (0, content.to_vec()) };
        Self { name, method, checksum: checksum(content), packed, size: number(content.len()) }
    }

    fn write_local(&self, out: &mut Vec<u8>) {
        put(out, &[0x0403_4b50]);
        self.write_common(out);
        out.extend(self.name.as_bytes());
        out.extend(&self.packed);
    }

    fn write_central(&self, offset: u32, out: &mut Vec<u8>) {
        put(out, &[0x0201_4b50]);
        put_short(out, &[UNIX | VERSION]);
        self.write_common(out);
        // No comment, the first disk, and no internal attributes.
        put_short(out, &[0, 0, 0]);
        put(out, &[MODE, offset]);
        out.extend(self.name.as_bytes());
    }

    /// What both headers of a file have in common.
    fn write_common(&self, out: &mut Vec<u8>) {
        let flags = if self.name.is_ascii() { 0 } else { UTF_8 };
        put_short(out, &[VERSION, flags, self.method, 0, DATE]);
        put(out, &[self.checksum, number(self.packed.len()), self.size]);
        put_short(out, &[short(self.name.len()), 0]);
    }
}

fn put(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put_short(out: &mut Vec<u8>, numbers: &[u16]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

/// A size or an offset: the package was checked to hold fewer bytes.
fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// A number of files or the length of a name: both were checked.
fn short(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// The checksum CRC-32 of IEEE 802.3, as zip takes it.
fn checksum(content: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        let place = (sum ^ u32::from(*byte)) & 0xff;
        REMAINDERS[place as usize] ^ (sum >> 8)
    };
    !content.iter().fold(u32::MAX, step)
}

/// The remainders of every byte by the polynomial, lowest bit first.
static REMAINDERS: [u32; 256] = remainders();

const fn remainders() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut remainder = byte;
        let mut bit = 0;
        while bit < 8 {
            let carried = remainder & 1;
            remainder >>= 1;
            if carried == 1 {
                remainder ^= 0xedb8_8320;
            }
            bit += 1;
        }
        table[byte as usize] = remainder;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::inflate::decompress_to_vec;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    /// The number at a place, of two or four bytes.
    fn number_at(bytes: &[u8], place: usize, length: usize) -> usize {
        let digits = bytes[place..place + length].iter().rev();
        digits.fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    /// The files of an archive, as its directory gives them.
    fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let end = archive.len() - 22;
        let mut place = number_at(archive, end + 16, 4);
        let mut files = BTreeMap::new();
        for _ in 0..number_at(archive, end + 10, 2) {
            let [method, checksum, packed, size, name, local] =
                [(10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (42, 4)]
                    .map(|(at, length)| number_at(archive, place + at, length));
            let text = &archive[place + 46..place + 46 + name];
            let begin = local + 30 + name;
            let content = &archive[begin..begin + packed];
            let content =
                if method == 8 { decompress_to_vec(content).unwrap() } else { content.to_vec() };
            assert_eq!((size, checksum), (content.len(), super::checksum(&content) as usize));
            files.insert(String::from_utf8(text.to_vec()).unwrap(), content);
            place += 46 + name;
        }
        assert_eq!(place, end);
        files
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The check value of CRC-32/ISO-HDLC: https://reveng.sourceforge.io/crc-catalogue/all.htm
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    /// The digest stands for the bytes of every machine and of every version of the compressor.
    #[test]
    fn the_bytes_never_change() {
        let code = "exports.handler = async () => ({ statusCode: 200 });\n".repeat(20);
        let files = BTreeMap::from([
            ("index.js".to_owned(), code.into_bytes()),
            ("lib/é.bin".to_owned(), vec![0, 1, 2]),
        ]);
        let digest = format!("{:x}", Sha256::digest(archive(&files)));
        assert_eq!(digest, "36f38ce446f084ad75fd3b53f2ed22d847155075b71860bd0b055948268ee857");
    }

    proptest! {
        #[test]
        fn an_archive_holds_its_files(
            files in prop::collection::btree_map(
                "[a-zé/]{1,9}",
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..200),
                    prop::collection::vec(0u8..2, 0..3000),
                ],
                0..6,
            )
        ) {
            let archive = archive(&files);
            prop_assert_eq!(&super::tests::files(&archive), &files);
        }
    }
}
