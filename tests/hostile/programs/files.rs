// Reads what is not in the box and writes outside it.
fn main() {
    let mut found = String::new();
    for name in ["/etc/passwd", "/proc/self/maps", "/root/.bashrc", "/1.ans"] {
        if std::fs::read(name).is_ok() {
            found += name;
        }
    }
    for name in ["/usr/lib/x", "/x"] {
        if std::fs::write(name, "x").is_ok() {
            found += name;
        }
    }
    println!("{}", if found.is_empty() { "7" } else { &found });
}
