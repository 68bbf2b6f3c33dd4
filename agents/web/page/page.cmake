# A page that a browser shows: packages installed, types checked, files bundled and compressed, all of it in the build
# folder. npm installs exactly what package-lock.json pins, from wherever this machine's npm takes packages, and after the
# first time from its own cache: later builds need no network.
find_program(NPM_PROGRAM npm REQUIRED)

# What is the same for all pages: the settings of checks, build and tests, which go beside the page's own, and the sources
# in shared/, which become src/shared. shared/base.css and what is there of parts is for the pages of an office's agent.
set(page_beside build.ts compressed.ts run-tests.mjs tsconfig.json)
list(TRANSFORM page_beside PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set(page_shared ${CMAKE_CURRENT_LIST_DIR}/shared)
set(page_shared_sources ask.ts base.css parts.tsx say.tsx)
list(TRANSFORM page_shared_sources PREPEND ${page_shared}/)

# sanling_page(target out SETTINGS files… BORROWED files…): builds the page of the calling folder into `out`. Settings
# stand beside its manifest; what is borrowed from another page is put among its sources.
function(sanling_page target out)
    cmake_parse_arguments(PARSE_ARGV 2 page "" "" "SETTINGS;BORROWED")
    set(here ${CMAKE_CURRENT_SOURCE_DIR})
    set(work ${CMAKE_CURRENT_BINARY_DIR}/work) # a copy of the sources beside their packages
    set(manifest package.json package-lock.json .npmrc)
    set(settings ${page_SETTINGS})
    # The one list of sources that is not written out: a view's files come and go together, and what is bundled is decided
    # by the imports.
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS LIST_DIRECTORIES false ${here}/src/* ${here}/public/*)
    file(GLOB checks CONFIGURE_DEPENDS ${here}/tests/*)
    set(borrow)
    if(page_BORROWED)
        set(borrow COMMAND ${CMAKE_COMMAND} -E copy ${page_BORROWED} ${work}/src)
    endif()

    add_custom_command(
        OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/packages.stamp
        DEPENDS ${manifest}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${work}
        COMMAND ${CMAKE_COMMAND} -E chdir ${here} ${CMAKE_COMMAND} -E copy ${manifest} ${work}
        COMMAND ${CMAKE_COMMAND} -E chdir ${work} ${NPM_PROGRAM} ci --prefer-offline --ignore-scripts --no-audit
                --no-fund --loglevel=error
        COMMAND ${CMAKE_COMMAND} -E touch packages.stamp
        COMMENT "Installing the packages of ${target}" VERBATIM)

    add_custom_command(
        OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/page.stamp
        DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/packages.stamp ${settings} ${sources} ${checks} ${page_BORROWED}
                ${page_beside} ${page_shared_sources}
        # removed first: a source that is no more must not be checked or bundled
        COMMAND ${CMAKE_COMMAND} -E rm -rf ${work}/src ${work}/public ${work}/tests
        COMMAND ${CMAKE_COMMAND} -E copy_directory ${here}/src ${work}/src
        COMMAND ${CMAKE_COMMAND} -E copy_directory ${here}/public ${work}/public
        COMMAND ${CMAKE_COMMAND} -E copy_directory ${here}/tests ${work}/tests
        COMMAND ${CMAKE_COMMAND} -E copy_directory ${page_shared} ${work}/src/shared
        COMMAND ${CMAKE_COMMAND} -E chdir ${here} ${CMAKE_COMMAND} -E copy ${settings} ${page_beside} ${work}
        ${borrow}
        COMMAND ${CMAKE_COMMAND} -E chdir ${work} ${NPM_PROGRAM} exec --offline -- tsc --noEmit
        COMMAND ${CMAKE_COMMAND} -E chdir ${work} ${NPM_PROGRAM} exec --offline -- vite build --logLevel warn --outDir
                ${out} --emptyOutDir
        COMMAND ${CMAKE_COMMAND} -E touch page.stamp
        COMMENT "Building ${target}" VERBATIM)

    add_custom_target(${target} ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/page.stamp)
endfunction()
