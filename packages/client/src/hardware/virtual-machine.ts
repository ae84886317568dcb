/** What tells a virtual machine: the names that its firmware gives, and whether its processor says that it is a guest. */
export interface VirtualMachineSigns {
  /** The flag `hypervisor` of x86 processors. Windows itself sets it on real machines, so it is not asked there. */
  readonly isGuest: boolean
  /** Makers and products of system, board and firmware. */
  readonly names: readonly (string | undefined)[]
}

const makers =
  /\b(?:qemu|kvm|vmware|virtualbox|innotek|xen|hvm domu|parallels|bochs|bhyve|firecracker|openstack|nutanix|ovirt|rhev|google compute engine|apple virtualization|virtual machine|virtual platform|crosvm|cloud hypervisor)\b/i

/** Amazon names itself as the maker of its real machines, too; those are called `….metal`. */
const amazon = /\bamazon ec2\b/i
const amazonMetal = /\.metal\b/i

/** Says whether the machine is a virtual one. Whoever runs it may hide that: see the threat model on counts. */
export function isVirtualMachine({ isGuest, names }: VirtualMachineSigns): boolean {
  const all = names.map((name) => name ?? '').join('\n')
  return isGuest || makers.test(all) || (amazon.test(all) && !amazonMetal.test(all))
}
