// Leaves a process behind that would outlive it.
fn main() {
    let _ = std::process::Command::new("/bin/sh").args(["-c", "sleep 1000 & sleep 1000"]).spawn();
    println!("7");
}
