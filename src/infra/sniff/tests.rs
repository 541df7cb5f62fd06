use super::{HEAD, Sniffed, sniff};
use crate::entity::file::Kind;

fn whole(bytes: &[u8]) -> Option<Sniffed> {
    sniff(&bytes[..bytes.len().min(HEAD)], bytes.len().try_into().unwrap())
}

fn kind_of(bytes: &[u8]) -> Option<(&'static str, Kind)> {
    whole(bytes).map(|found| (found.media_type, found.kind))
}

/// An entry of a zip, not compressed.
fn entry(name: &str, bytes: &[u8]) -> Vec<u8> {
    let size = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let mut entry = b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00CRC!".to_vec();
    entry.extend([size, size].concat());
    entry.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    entry.extend([0, 0]);
    entry.extend(name.as_bytes());
    entry.extend(bytes);
    entry
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    entries.iter().flat_map(|(name, bytes)| entry(name, bytes)).collect()
}

fn tar(name: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name);
    header[148..156].copy_from_slice(b"        ");
    header[257..263].copy_from_slice(b"ustar\0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header.extend([0; 1024]);
    header
}

/// A page of Ogg with one segment, in which the codec says its name.
fn ogg(codec: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\x00\x02".to_vec();
    page.extend([0; 20]);
    page.extend([1, u8::try_from(codec.len()).unwrap()]);
    page.extend(codec);
    page
}

fn mp4(brand: &[u8; 4]) -> Vec<u8> {
    [b"\x00\x00\x00\x18ftyp".as_slice(), brand, b"\x00\x00\x02\x00isommp41\x00\x00\x00\x08free"]
        .concat()
}

/// Two frames of 128 kbit/s at 44.1 kHz.
fn mp3() -> Vec<u8> {
    let mut frame = b"\xFF\xFB\x90\x00".to_vec();
    frame.resize(417, 0);
    frame.repeat(2)
}

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00";

#[test]
fn what_is_taken_is_known_by_its_bytes() {
    use Kind::{Archive, Audio, Document, Image, Video};
    let webm = b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04".to_vec();
    let taken: Vec<(Vec<u8>, &str, Kind)> = vec![
        (PNG.to_vec(), "image/png", Image),
        (b"\xFF\xD8\xFF\xE0\x00\x10JFIF\0".to_vec(), "image/jpeg", Image),
        (b"GIF89a\x01\x00\x01\x00".to_vec(), "image/gif", Image),
        (b"GIF87a\x01\x00\x01\x00".to_vec(), "image/gif", Image),
        (b"RIFF\x1A\0\0\0WEBPVP8 ".to_vec(), "image/webp", Image),
        (b"RIFF\x1A\0\0\0WEBPVP8X".to_vec(), "image/webp", Image),
        (mp4(b"isom"), "video/mp4", Video),
        (mp4(b"mp42"), "video/mp4", Video),
        (mp4(b"qt  "), "video/quicktime", Video),
        (webm, "video/webm", Video),
        (mp4(b"M4A "), "audio/mp4", Audio),
        (ogg(b"\x01vorbis"), "audio/ogg", Audio),
        (ogg(b"OpusHead"), "audio/ogg", Audio),
        (b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), "audio/wav", Audio),
        (b"fLaC\x00\x00\x00\x22\x10\x00".to_vec(), "audio/flac", Audio),
        (b"ID3\x04\x00\x00\x00\x00\x02\x01TIT2".to_vec(), "audio/mpeg", Audio),
        (mp3(), "audio/mpeg", Audio),
        (b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), "application/pdf", Document),
        (zip(&[("notes/a.txt", b"a")]), "application/zip", Archive),
        ([b"PK\x05\x06".as_slice(), &[0; 18]].concat(), "application/zip", Archive),
        (b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03".to_vec(), "application/gzip", Archive),
        (b"7z\xBC\xAF\x27\x1C\x00\x04".to_vec(), "application/x-7z-compressed", Archive),
        (tar(b"notes/a.txt"), "application/x-tar", Archive),
        (
            b"# Notes\n\nZ\xC3\xBCrich, \xE6\x9D\xB1\xE4\xBA\xAC\t\r\n".to_vec(),
            "text/plain",
            Document,
        ),
        (b"\xEF\xBB\xBFname,age\nIda,9\n".to_vec(), "text/plain", Document),
        (b"{\"a\": [1, 2]}".to_vec(), "text/plain", Document),
        (b"1 < 2, and I <3 you".to_vec(), "text/plain", Document),
        (b"< 2 is small".to_vec(), "text/plain", Document),
    ];
    for (bytes, media_type, kind) in taken {
        let shown = bytes.escape_ascii().to_string();
        assert_eq!(kind_of(&bytes), Some((media_type, kind)), "{shown}");
    }
}

#[test]
fn documents_in_a_zip_are_told_from_other_zips() {
    let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    let office = "application/vnd.openxmlformats-officedocument.";
    for (folder, kind) in [
        ("word/document.xml", "wordprocessingml.document"),
        ("xl/workbook.xml", "spreadsheetml.sheet"),
        ("ppt/presentation.xml", "presentationml.presentation"),
    ] {
        let usual = zip(&[types, ("_rels/.rels", b"<R/>"), (folder, b"<x/>")]);
        let other = zip(&[("_rels/.rels", b"<R/>"), ("docProps/app.xml", b""), (folder, b"<x/>")]);
        for bytes in [usual, other] {
            let found = whole(&bytes).unwrap();
            assert_eq!(found.media_type, format!("{office}{kind}"));
            assert_eq!(found.kind, Kind::Document);
        }
        // A folder of that name does not make a document.
        let files = zip(&[("a.txt", b"a"), (folder, b"<x/>")]);
        assert_eq!(whole(&files).unwrap().media_type, "application/zip");
    }
    // An entry that was written as a stream has its size behind it.
    let mut streamed = entry("[Content_Types].xml", b"");
    streamed.extend(b"some compressed bytes and a data descriptor");
    streamed.extend(entry("word/document.xml", b""));
    assert_eq!(whole(&streamed).unwrap().kind, Kind::Document);
    for declared in [
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
    ] {
        let bytes = zip(&[("mimetype", declared.as_bytes()), ("content.xml", b"<x/>")]);
        assert_eq!(kind_of(&bytes), Some((declared, Kind::Document)));
    }
    let unknown = zip(&[("mimetype", b"text/html"), ("index.html", b"<html>")]);
    assert_eq!(kind_of(&unknown), Some(("application/zip", Kind::Archive)));
}

#[test]
fn programs_are_not_taken() {
    let programs: [&[u8]; 9] = [
        b"\x7FELF\x02\x01\x01\x00",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\xFE\xED\xFA\xCF\x01\x00\x00\x01",
        b"\xCF\xFA\xED\xFE\x07\x00\x00\x01",
        b"\xCA\xFE\xBA\xBE\x00\x00\x00\x34",
        b"\x00asm\x01\x00\x00\x00",
        b"dex\n035\x00",
        b"!<arch>\ndebian-binary   \x00",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
    ];
    for program in programs {
        assert_eq!(whole(program), None, "{}", program.escape_ascii());
    }
    for name in ["META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"] {
        assert_eq!(whole(&zip(&[(name, b"x")])), None, "{name}");
        assert_eq!(whole(&zip(&[("a.txt", b"x"), (name, b"x")])), None, "{name}");
    }
}

#[test]
fn what_a_browser_or_a_shell_would_run_is_not_taken() {
    for text in [
        "<!DOCTYPE html><p>hi",
        "<!doctype HTML>",
        "<html>",
        " \n\t\r\x0C<HTML>",
        "\u{FEFF}<html>",
        "\u{FEFF}\n  <script>alert(1)</script>",
        "<script src=x>",
        "<a href=javascript:alert(1)>",
        "<!-- a comment --><b>",
        "</p>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "<?xml version='1.0'?><svg/>",
        "  <?xml version='1.0'?>",
        "<x:html xmlns:x='http://www.w3.org/1999/xhtml'/>",
        "<?php system($_GET['c']);",
        "<?= 1 ?>",
        "<% eval request(1) %>",
        "#!/bin/sh\nrm -rf ~",
        "\u{FEFF}#!/usr/bin/env python",
        "@ECHO off\r\n",
        "%!PS-Adobe-3.0",
        "{\\rtf1\\ansi hello}",
    ] {
        assert_eq!(whole(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn what_is_two_things_at_once_is_what_it_begins_with_or_nothing() {
    let script = b"GIF89a/*\x00\x01*/=1;alert(document.domain)//<script>alert(1)</script>";
    assert_eq!(whole(script).unwrap().media_type, "image/gif");
    let packed = [PNG, &zip(&[("META-INF/MANIFEST.MF", b"x")])].concat();
    assert_eq!(whole(&packed).unwrap().media_type, "image/png");
    // Readers of PDF would open these.
    for before in ["hello\n", "GIF8", "\n"] {
        let bytes = format!("{before}%PDF-1.4\n1 0 obj\n");
        assert_eq!(whole(bytes.as_bytes()), None, "{before:?}");
    }
    // The first name in a tar is its maker's choice.
    for name in ["#!/bin/sh", "<script>alert(1)</script>", "%PDF-2.", "a\nb\x01"] {
        let found = whole(&tar(name.as_bytes())).map(|found| found.media_type);
        assert_ne!(found, Some("application/x-tar"), "{name}");
    }
    assert_eq!(whole(&tar(b"#!/bin/sh")), None);
    let mut header = tar(b"notes/a.txt");
    header[0] = b'm';
    assert_eq!(whole(&header), None, "its checksum is wrong");
}

#[test]
fn what_is_like_something_taken_is_not_taken() {
    let alike: Vec<Vec<u8>> = vec![
        vec![],
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"\xFF\xD8".to_vec(),
        b"GIF88a".iter().copied().chain([0, 1]).collect(),
        b"RIFF\x1A\0\0\0AVI LIST".to_vec(),
        mp4(b"heic"),
        mp4(b"avif"),
        mp4(b"\x00\x00\x00\x00"),
        b"#!a\nftypisom\0".to_vec(),
        b"#!a\nmdat\0\0\0\0".to_vec(),
        ogg(b"\x80theora"),
        b"\x1A\x45\xDF\xA3\x42\x82\x88matroska".to_vec(),
        mp3()[..417].to_vec(),
        b"\xFF\xF1\x50\x80\x00".to_vec(),
        b"ID3\x04\x00\x00\xFF\x00\x02\x01".to_vec(),
        b"%PDF-3.0\x00".to_vec(),
        b"\x1F\x8B\x08\xE0\x00".to_vec(),
        b"Rar!\x1A\x07\x00".to_vec(),
        b"BM\x46\x00\x00\x00".to_vec(),
        b"text with a NUL\0".to_vec(),
        b"text with \x1B[31mcolour".to_vec(),
        b"latin-1: Z\xFCrich".to_vec(),
        b"\xFF\xFEU\x00T\x00F\x00".to_vec(),
        "a C1 control \u{9B}".as_bytes().to_vec(),
    ];
    for bytes in alike {
        assert_eq!(whole(&bytes), None, "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_character_that_is_cut_at_the_end_of_the_head_is_no_reason() {
    for before in HEAD - 3..HEAD {
        let text = format!("{}\u{1F600}{}", "a".repeat(before), "b".repeat(100));
        assert_eq!(whole(text.as_bytes()).unwrap().media_type, "text/plain", "{before}");
        // At the end of the file it is broken.
        let cut = &text.as_bytes()[..before + 1];
        assert_eq!(whole(cut), None, "{before}");
    }
    // More than the head may be given; it changes nothing.
    let long = format!("{}\0", "a".repeat(HEAD));
    assert_eq!(sniff(long.as_bytes(), 8 * 1024 + 1).unwrap().media_type, "text/plain");
}

#[test]
fn no_bytes_make_it_panic() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 1).unwrap()
    };
    let beginnings = [
        PNG.to_vec(),
        zip(&[("mimetype", b"a"), ("b", b"c")]),
        tar(b"a"),
        mp4(b"isom"),
        mp3(),
        ogg(b"OpusHead"),
    ];
    for turn in 0..20_000 {
        let mut bytes = beginnings[turn % beginnings.len()].clone();
        for _ in 0..random() % 8 {
            let place = random() % bytes.len();
            bytes[place] = random().to_le_bytes()[0];
        }
        bytes.truncate(random() % (bytes.len() + 1));
        let _ = whole(&bytes);
        let _ = sniff(&bytes, u64::try_from(random() % 10_000).unwrap());
    }
}
