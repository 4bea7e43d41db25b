mod expansion;
mod robust;
