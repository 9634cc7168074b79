/* glibc has it since 2.35; libgcc finds by it the unwind tables of the object that an address is in. Before, libgcc looked
 * through the list of loaded objects as this does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

struct search {
    ElfW(Addr) address;
    struct dl_find_object *found;
};

static int in_object(struct dl_phdr_info *info, size_t size, void *ctx) {
    struct search *s = ctx;
    const ElfW(Phdr) *tables = NULL, *here = NULL;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        ElfW(Addr) start = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_GNU_EH_FRAME) tables = p;
        if (p->p_type == PT_LOAD && s->address >= start && s->address - start < p->p_memsz) here = p;
    }
    if (!here) return 0;
    if (!tables) return -1;
    memset(s->found, 0, sizeof *s->found);
    s->found->dlfo_map_start = (void *)(info->dlpi_addr + here->p_vaddr);
    s->found->dlfo_map_end = (void *)(info->dlpi_addr + here->p_vaddr + here->p_memsz);
    s->found->dlfo_eh_frame = (void *)(info->dlpi_addr + tables->p_vaddr);
    return 1;
}

int _dl_find_object(void *address, struct dl_find_object *found) {
    struct search s = {(ElfW(Addr))address, found};
    return dl_iterate_phdr(in_object, &s) == 1 ? 0 : -1;
}
