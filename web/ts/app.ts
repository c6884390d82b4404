// Signed-in pages: what visitors get, htmx, and the keys of the house.
import "htmx.org";
import "./public";
import { board } from "./board";
import { copies } from "./copy";
import { menus } from "./dialogs";
import { inserts } from "./insert";
import { drafts, seen } from "./messages";
import { searchKey } from "./search";
import { week } from "./week";
import { tellZone } from "./zone";

copies(document);
menus(document);
searchKey(document);
tellZone(document);
seen(document);
drafts(document);
week(document);
board(document);
inserts(document);
