// Starts threads until there are no more, each of which waits.
fn main() {
    let mut all = Vec::new();
    for _ in 0..100000 {
        let wait = || std::thread::sleep(std::time::Duration::from_secs(1000));
        match std::thread::Builder::new().spawn(wait) {
            Ok(thread) => all.push(thread),
            Err(_) => break,
        }
    }
    println!("7");
}
