//! Answers `greet` with `greeted`: a whole service on the standard library, HTTP included.
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> Result<()> {
    let port = std::env::var("EXORELAY_PORT").expect("EXORELAY_PORT has to say where to listen");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    println!("greeter online"); // SIGTERM ends it: the standard library leaves signals alone
    for connection in listener.incoming().flatten() {
        std::thread::spawn(move || serve(connection));
    }
    Ok(())
}

/// Answers one request after the other, until the sidecar closes the connection.
fn serve(mut connection: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    loop {
        let (mut head, mut body) = (String::new(), String::new());
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let length =
            head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        reader.by_ref().take(length.unwrap_or(0)).read_to_string(&mut body)?;
        let name = member(member(&body, "payload"), "name");
        // What stands between the quotes of one JSON string may stand in another: no need to decode it.
        let (status, answer) = match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            _ if !head.starts_with("POST /run/greet ") => ("404 Not Found", r#"{"error":"unknown message"}"#.into()),
            None => ("400 Bad Request", r#"{"error":"the payload needs a name"}"#.into()),
            Some(name) => ("200 OK", REPLY.replace("NAME", name)),
        };
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}", answer.len());
        connection.write_all(format!("{head}\r\n\r\n{answer}").as_bytes())?;
    }
}

const REPLY: &str = r#"{"reply":{"name":"greeted","payload":{"text":"Hello, NAME!","language":"rust"}}}"#;

/// The text of an object's member as it stands in the JSON, which is well-formed: the sidecar sees to that.
fn member<'a>(json: &'a str, key: &str) -> &'a str {
    let (mut depth, mut quote, mut escaped, mut last, mut start) = (0, None, false, "", None);
    for (at, byte) in json.bytes().enumerate() {
        match (byte, quote, start) {
            _ if escaped => escaped = false,
            (b'\\', ..) => escaped = true,
            (b'"', None, _) => quote = Some(at + 1),
            (b'"', Some(from), _) => (last, quote) = (&json[from..at], None),
            (b':', None, _) if depth == 1 && last == key => start = Some(at + 1),
            (b',' | b'}', None, Some(start)) if depth == 1 => return json[start..at].trim(),
            (b'{' | b'[', None, _) => depth += 1,
            (b'}' | b']', None, _) => depth -= 1,
            _ => {}
        }
    }
    ""
}
