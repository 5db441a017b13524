"""The dispatcher: releases what may run now, folds what happened back into the rows, rescues what is lost."""
